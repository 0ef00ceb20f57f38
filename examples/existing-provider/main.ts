import { createHost } from './host.ts'

/** node examples/existing-provider/main.ts, with a mail server at SMTP_URL and 32 random bytes in REKEY_KEY. */
const { SMTP_URL = 'smtp://localhost:1025', REKEY_KEY = '', PORT = '3000' } = process.env
const origin = `http://localhost:${PORT}`
const { app } = await createHost({
  origin,
  data: './data/existing-provider',
  mail: SMTP_URL,
  key: REKEY_KEY,
  client: { client_id: 'foo', client_secret: 'bar', redirect_uris: ['http://localhost:8080/cb'] },
})
app.listen(Number(PORT), () => console.log(`The Host: ${origin}/oidc/.well-known/openid-configuration`))
