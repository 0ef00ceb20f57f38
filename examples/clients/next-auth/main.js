import cookies from 'cookie-parser'
import express from 'express'
import nextAuth from 'next-auth'

// As in the documentation of its fourth version, of a provider of one's own; Express stands in for Next.js.
const { default: NextAuth } = nextAuth
const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
process.env.NEXTAUTH_URL = `http://localhost:${PORT}`
const { token_endpoint, end_session_endpoint } = await (
  await fetch(`${ISSUER}/.well-known/openid-configuration`)
).json()

/** Tokens are renewed that end within so many seconds, as in its guide to refresh token rotation. */
const options = (within = 30) => ({
  secret: 'a long secret that seals the cookie of the session',
  providers: [
    {
      id: 'rekey',
      name: 'Rekey',
      type: 'oauth',
      wellKnown: `${ISSUER}/.well-known/openid-configuration`,
      authorization: { params: { scope: 'openid email profile' } },
      idToken: true,
      checks: ['pkce', 'state'],
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      profile: ({ sub, name, email }) => ({ id: sub, name, email }),
    },
  ],
  callbacks: {
    async jwt({ token, account }) {
      if (account) {
        const { expires_at, refresh_token } = account
        return { ...token, expires_at, refresh_token }
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
  if (!answer.ok) return { error: 'RefreshAccessTokenError' }
  const tokens = await answer.json()
  return {
    expires_at: Math.floor(Date.now() / 1000) + tokens.expires_in,
    refresh_token: tokens.refresh_token ?? refresh_token,
    renewals: 1,
  }
}

/** A request as Next.js has it: the rest of the path is in the query. */
const answer = (request, response, within) => {
  const query = { ...request.query, nextauth: request.params.rest }
  Object.defineProperty(request, 'query', { value: query })
  return NextAuth(request, response, options(within))
}

/** The session, which the browser keeps as it was renewed. */
async function sessionOf(request, response, within) {
  request.params.rest = ['session']
  let session = {}
  response.send = (body) => {
    session = body ?? {}
  }
  await answer(request, response, within)
  delete response.send
  return session
}

const app = express()
app.use(cookies(), express.urlencoded())
app.all('/api/auth/*rest', (request, response) => answer(request, response))
app.get('/login', (_request, response) => response.redirect('/api/auth/signin'))
app.get('/', async (request, response) => response.json((await sessionOf(request, response)).user ?? {}))
app.get('/refresh', async (request, response) => {
  const { renewals, error } = await sessionOf(request, response, Number.POSITIVE_INFINITY)
  response.json({ refreshed: renewals > 0 && error === undefined })
})
app.get('/logout', (_request, response) => {
  // It ends its own session alone: the provider's is ended by RP-Initiated Logout 1.0.
  response.clearCookie('next-auth.session-token')
  const back = new URLSearchParams({
    client_id: CLIENT_ID,
    post_logout_redirect_uri: `http://localhost:${PORT}/`,
  })
  response.redirect(`${end_session_endpoint}?${back}`)
})
app.listen(PORT, () => process.stdout.write('listening\n'))
