import { randomBytes } from 'node:crypto'
import express from 'express'
import session from 'express-session'
import * as oidc from 'openid-client'
import { Strategy } from 'openid-client/passport'
import passport from 'passport'

// `npm install --prefix examples/passport && node examples/passport/main.js`, beside the demo (`npm start`).
const { PORT = '4003', ISSUER = 'http://localhost:3000', CLIENT_ID = 'example-passport' } = process.env
const { CLIENT_SECRET = 'only for the demo, on one machine', ORIGIN = `http://localhost:${PORT}` } =
  process.env

/** A second factor, or something stronger. */
const strong = ['http://schemas.openid.net/pape/policies/2007/06/multi-factor', 'phr', 'phrh']

/** openid-client's strategy; `passport.authenticate('rekey', { acr })` insists on one of these classes. */
class InsistingStrategy extends Strategy {
  authorizationRequestParams(request, options) {
    const params = new URLSearchParams(super.authorizationRequestParams(request, options))
    const acr = { essential: true, values: options.acr }
    if (options.acr) params.set('claims', JSON.stringify({ id_token: { acr } }))
    return params
  }
}

const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : []
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, { execute })
const options = { name: 'rekey', config, scope: 'openid profile email', callbackURL: `${ORIGIN}/callback` }
passport.use(
  new InsistingStrategy(options, (tokens, verified) => {
    const { sub, acr, amr } = tokens.claims()
    verified(null, { sub, acr, amr, idToken: tokens.id_token })
  }),
)
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user, done) => done(null, user))

/** Lets through who signed in with one of the classes; sends everyone else to do so, and back here. */
const insist = (acr) => (request, response, next) => {
  if (acr.includes(request.user?.acr)) return next()
  request.session.returnTo = request.originalUrl
  passport.authenticate('rekey', { acr })(request, response, next)
}

const app = express()
const secret = process.env.SESSION_SECRET ?? randomBytes(32).toString('base64url')
app.use(session({ secret, resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' } }))
app.use(passport.session())

app.get('/', (request, response) => {
  response.send(
    request.user
      ? `<h1>Hello</h1><p id="acr">${request.user.acr}</p><p><a href="/vault">Vault</a></p>
<form method="post" action="/logout"><button>Sign out</button></form>`
      : '<h1>Hello</h1><p><a href="/login">Sign in</a></p>',
  )
})
app.get('/login', passport.authenticate('rekey'))
app.get('/vault', insist(strong), (request, response) => {
  response.send(`<h1>Vault</h1><p>Opened with ${request.user.amr.join(', ')}.</p>`)
})
// Passport begins a new session here; where the person was going is taken along.
app.get(
  '/callback',
  passport.authenticate('rekey', {
    keepSessionInfo: true,
    successReturnToOrRedirect: '/',
    failureRedirect: '/',
  }),
)
app.post('/logout', (request, response, next) => {
  const hint = request.user === undefined ? {} : { id_token_hint: request.user.idToken }
  const url = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: `${ORIGIN}/`, ...hint })
  request.logout((error) => (error ? next(error) : response.redirect(url.href)))
})
// Express takes four parameters for an error handler.
app.use((error, _request, response, _next) => {
  const unmet = error.error === 'unmet_authentication_requirements'
  const text = unmet ? 'This page takes a stronger sign-in than your account has.' : 'That did not work.'
  response.status(unmet ? 403 : 502).send(`<h1>${text}</h1><p><a href="/">Back</a></p>`)
})

app.listen(Number(PORT), () => console.log(`The Passport example listens on ${ORIGIN}; it trusts ${ISSUER}`))
