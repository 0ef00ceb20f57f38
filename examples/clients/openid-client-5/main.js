import { createServer } from 'node:http'
import { generators, Issuer } from 'openid-client-5'

// As in the README of its fifth version: RS256, and no PKCE unless one asks for it.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
const origin = `http://localhost:${PORT}`
const issuer = await Issuer.discover(ISSUER)
const client = new issuer.Client({
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  redirect_uris: [`${origin}/callback`],
  response_types: ['code'],
})
const nonce = generators.nonce()
let tokens

const routes = {
  '/login': (_request, response) =>
    go(response, client.authorizationUrl({ scope: 'openid email profile', nonce })),
  '/callback': async (request, response) => {
    tokens = await client.callback(`${origin}/callback`, client.callbackParams(request), { nonce })
    go(response, '/')
  },
  '/refresh': async (_request, response) => {
    tokens = await client.refresh(tokens.refresh_token)
    response.end(JSON.stringify({ refreshed: true }))
  },
  '/logout': (_request, response) => {
    const url = client.endSessionUrl({
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: `${origin}/`,
    })
    tokens = undefined
    go(response, url)
  },
  '/': async (_request, response) =>
    response.end(JSON.stringify(tokens === undefined ? {} : await client.userinfo(tokens.access_token))),
}

const go = (response, location) => response.writeHead(302, { location }).end()

createServer((request, response) => {
  const answer = routes[new URL(request.url, origin).pathname]
  if (answer === undefined) return response.writeHead(404).end()
  Promise.resolve(answer(request, response)).catch((error) => response.writeHead(500).end(String(error)))
}).listen(PORT, () => process.stdout.write('listening\n'))
