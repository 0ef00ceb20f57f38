/** Known to everyone who reads this: the demo is for one machine. */
export const exampleSecret = 'only for the demo, on one machine'

/** Where the programs in examples/ listen. */
export const exampleOrigins = {
  app: 'http://localhost:4001',
  api: 'http://localhost:4002',
  passport: 'http://localhost:4003',
}

/** Registrations of the programs in examples/, so that each runs against the demo with one command. */
export function exampleClients({ app, passport } = exampleOrigins) {
  return [
    {
      ...webApp('example-app', 'Example App', app),
      backchannel_logout_uri: `${app}/backchannel-logout`,
      backchannel_logout_session_required: true,
    },
    webApp('example-passport', 'Passport Example', passport),
    {
      client_id: 'example-api',
      client_secret: exampleSecret,
      client_name: 'Example API',
      // It signs nobody in: it only asks about tokens.
      grant_types: [],
      response_types: [],
      redirect_uris: [],
    },
  ]
}

function webApp(id: string, name: string, origin: string) {
  return {
    client_id: id,
    client_secret: exampleSecret,
    client_name: name,
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }
}

/** The APIs of examples/resource-server: one takes opaque tokens, the other JWTs. */
export function exampleResources({ api } = exampleOrigins) {
  return [
    { indicator: `${api}/accounts`, scope: 'accounts:read', format: 'opaque' },
    { indicator: `${api}/payments`, scope: 'payments:write', format: 'jwt' },
  ]
}
