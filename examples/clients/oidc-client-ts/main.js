import { createServer } from 'node:http'
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts'

// As in its documentation, for a browser; here it runs beside the page, and keeps in memory what a page would keep.
const { ISSUER, CLIENT_ID, PORT } = process.env
const origin = `http://localhost:${PORT}`
const client = new OidcClient({
  authority: ISSUER,
  client_id: CLIENT_ID,
  redirect_uri: `${origin}/callback`,
  post_logout_redirect_uri: `${origin}/`,
  scope: 'openid profile email',
  loadUserInfo: true,
  stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
})
let user

const pages = {
  '/login': async () => ({ to: (await client.createSigninRequest({})).url }),
  '/callback': async (url) => {
    user = await client.processSigninResponse(url)
    return { to: '/' }
  },
  '/refresh': async () => {
    const { refresh_token, id_token, session_state, scope, profile } = user
    const state = { refresh_token, id_token, session_state, scope, profile }
    const fresh = await client.useRefreshToken({ state })
    return { json: { refreshed: typeof fresh.access_token === 'string' } }
  },
  '/logout': async () => {
    const { url } = await client.createSignoutRequest({ id_token_hint: user.id_token })
    user = undefined
    return { to: url }
  },
  '/': async () => ({ json: user === undefined ? {} : user.profile }),
}

createServer(async (request, response) => {
  const url = new URL(request.url, origin)
  const page = pages[url.pathname]
  if (page === undefined) return response.writeHead(404).end()
  try {
    const { to, json } = await page(url.href)
    if (to !== undefined) return response.writeHead(302, { location: to }).end()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}).listen(PORT, 'localhost', () => process.stdout.write('listening\n'))
