import express from 'express'
import session from 'express-session'
import passport from 'passport'
import refresh from 'passport-oauth2-refresh'
import OpenIDConnectStrategy from 'passport-openidconnect'

// As in the strategy's README, with the endpoints of the issuer; refreshed as passport-oauth2-refresh says.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
const origin = `http://localhost:${PORT}`
const endpoints = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json()

const strategy = new OpenIDConnectStrategy(
  {
    issuer: ISSUER,
    authorizationURL: endpoints.authorization_endpoint,
    tokenURL: endpoints.token_endpoint,
    userInfoURL: endpoints.userinfo_endpoint,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    callbackURL: `${origin}/callback`,
    scope: ['profile', 'email'],
  },
  (_issuer, profile, _context, idToken, _accessToken, refreshToken, verified) =>
    verified(null, {
      sub: profile.id,
      name: profile.displayName,
      email: profile.emails?.[0]?.value,
      idToken,
      refreshToken,
    }),
)
passport.use(strategy)
refresh.use('openidconnect', strategy)
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user, done) => done(null, user))

const app = express()
app.use(session({ secret: 'only for the example', resave: false, saveUninitialized: false }))
app.use(passport.session())
app.get('/login', passport.authenticate('openidconnect'))
app.get(
  '/callback',
  passport.authenticate('openidconnect', { successRedirect: '/', failureRedirect: '/failed' }),
)
app.get('/', (request, response) => response.json(request.user ?? {}))
app.get('/refresh', (request, response, next) => {
  refresh.requestNewAccessToken(
    'openidconnect',
    request.user.refreshToken,
    (error, accessToken, successor) => {
      if (error) return next(new Error(`not refreshed: ${error.statusCode}`))
      request.user.refreshToken = successor ?? request.user.refreshToken
      response.json({ refreshed: typeof accessToken === 'string' })
    },
  )
})
app.get('/logout', (request, response, next) => {
  const { idToken } = request.user ?? {}
  const back = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: `${origin}/` })
  request.logout((error) =>
    error ? next(error) : response.redirect(`${endpoints.end_session_endpoint}?${back}`),
  )
})
app.listen(PORT, () => process.stdout.write('listening\n'))
