import express from 'express'
import { auth } from 'express-openid-connect'

// As in its README: the code flow, as there is a secret.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
const app = express()
app.use(
  auth({
    issuerBaseURL: ISSUER,
    baseURL: `http://localhost:${PORT}`,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: 'a long secret that seals the cookie of the session',
    authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' },
    authRequired: false,
    idpLogout: true,
  }),
)
app.get('/refresh', async (request, response) => {
  const { access_token: token } = await request.oidc.accessToken.refresh()
  response.json({ refreshed: typeof token === 'string' })
})
app.get('/', (request, response) => response.json(request.oidc.user ?? {}))
app.listen(PORT, () => process.stdout.write('listening\n'))
