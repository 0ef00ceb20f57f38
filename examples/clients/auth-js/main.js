import { ExpressAuth, getSession } from '@auth/express'
import express from 'express'

// As Auth.js documents a provider of one's own: the profile comes from the ID token, so `id_token_claims` is registered.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
process.env.AUTH_URL = `http://localhost:${PORT}/auth`
const config = {
  secret: 'a long secret that seals the cookie of the session',
  trustHost: true,
  providers: [
    {
      id: 'rekey',
      name: 'Rekey',
      type: 'oidc',
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
    },
  ],
}
const app = express()
app.use(/\/auth\/(.*)/, ExpressAuth(config))
app.get('/login', (_request, response) => response.redirect('/auth/signin'))
app.get('/', async (request, response) => response.json((await getSession(request, config))?.user ?? {}))
app.listen(PORT, () => process.stdout.write('listening\n'))
