import { Auth } from '@auth/core'
import { ExpressAuth } from '@auth/express'
import express from 'express'

// As Auth.js documents a provider of one's own: the profile comes from the ID token, so `id_token_claims` is registered.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
process.env.AUTH_URL = `http://localhost:${PORT}/auth`
const { token_endpoint, end_session_endpoint } = await (
  await fetch(`${ISSUER}/.well-known/openid-configuration`)
).json()

/** Tokens are renewed that end within so many seconds, as in its guide to refresh token rotation. */
const config = (within = 30) => ({
  basePath: '/auth',
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
  callbacks: {
    async jwt({ token, account }) {
      if (account) {
        const { access_token, expires_at, refresh_token } = account
        return { ...token, access_token, expires_at, refresh_token }
      }
      if (token.expires_at - within > Date.now() / 1000) return token
      return { ...token, ...(await renewed(token.refresh_token)) }
    },
    session: ({ session, token: { renewals = 0, error } }) => ({ ...session, renewals, error }),
  },
})

async function renewed(refresh_token) {
  const answer = await fetch(token_endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token }),
  })
  if (!answer.ok) return { error: 'RefreshTokenError' }
  const tokens = await answer.json()
  return {
    access_token: tokens.access_token,
    expires_at: Math.floor(Date.now() / 1000) + tokens.expires_in,
    refresh_token: tokens.refresh_token ?? refresh_token,
    renewals: 1,
  }
}

/** The session; the browser keeps what was renewed. */
async function sessionOf(request, response, within) {
  const headers = { cookie: request.headers.cookie ?? '' }
  const answer = await Auth(new Request(`${process.env.AUTH_URL}/session`, { headers }), config(within))
  for (const cookie of answer.headers.getSetCookie()) response.append('set-cookie', cookie)
  return (await answer.json()) ?? {}
}

const app = express()
app.use(/\/auth\/(.*)/, ExpressAuth(config()))
app.get('/login', (_request, response) => response.redirect('/auth/signin'))
app.get('/', async (request, response) => response.json((await sessionOf(request, response)).user ?? {}))
app.get('/refresh', async (request, response) => {
  const { renewals, error } = await sessionOf(request, response, Number.POSITIVE_INFINITY)
  response.json({ refreshed: renewals > 0 && error === undefined })
})
app.get('/logout', (_request, response) => {
  // It ends its own session alone: the provider's is ended by RP-Initiated Logout 1.0.
  response.clearCookie('authjs.session-token')
  const back = new URLSearchParams({
    client_id: CLIENT_ID,
    post_logout_redirect_uri: `http://localhost:${PORT}/`,
  })
  response.redirect(`${end_session_endpoint}?${back}`)
})
app.listen(PORT, () => process.stdout.write('listening\n'))
