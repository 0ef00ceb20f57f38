# As in the strategy's README, with the endpoints of the issuer: its own discovery wants https.
require 'json'
require 'net/http'
require 'omniauth'
require 'omniauth_openid_connect'
require 'rack'
require 'rack/handler/webrick'
require 'rack/session/cookie'

issuer, id, secret, port = ENV.values_at('ISSUER', 'CLIENT_ID', 'CLIENT_SECRET', 'PORT')
origin = "http://localhost:#{port}"
metadata = JSON.parse(Net::HTTP.get(URI("#{issuer}/.well-known/openid-configuration")))
address = URI(issuer)

OmniAuth.config.allowed_request_methods = %i[get]
OmniAuth.config.silence_get_warning = true

app = lambda do |env|
  session = env['rack.session']
  request = Rack::Request.new(env)
  case request.path
  when '/auth/openid_connect/callback'
    auth = env['omniauth.auth']
    session['user'] = { sub: auth.uid, name: auth.info.name, email: auth.info.email }
    session['hint'] = auth.credentials.id_token
    session['refresh'] = auth.credentials.refresh_token
    [302, { 'Location' => '/' }, []]
  when '/login' then [302, { 'Location' => '/auth/openid_connect' }, []]
  when '/refresh'
    # As the openid_connect gem below it says.
    client = OpenIDConnect::Client.new(identifier: id, secret: secret, token_endpoint: metadata['token_endpoint'])
    client.refresh_token = session['refresh']
    tokens = client.access_token!
    session['refresh'] = tokens.refresh_token || session['refresh']
    [200, { 'Content-Type' => 'application/json' }, [JSON.generate({ refreshed: !tokens.access_token.nil? })]]
  when '/logout'
    query = URI.encode_www_form(id_token_hint: session['hint'], post_logout_redirect_uri: "#{origin}/")
    session.clear
    [302, { 'Location' => "#{metadata['end_session_endpoint']}?#{query}" }, []]
  else [200, { 'Content-Type' => 'application/json' }, [JSON.generate(session['user'] || {})]]
  end
end

stack = Rack::Builder.new do
  use Rack::Session::Cookie, secret: 'only for the example, and long enough for any digest there is'
  use OmniAuth::Builder do
    provider :openid_connect,
             name: :openid_connect,
             scope: %i[openid email profile],
             response_type: :code,
             issuer: issuer,
             client_signing_alg: :RS256,
             client_options: {
               scheme: address.scheme, host: address.host, port: address.port,
               identifier: id, secret: secret,
               redirect_uri: "#{origin}/auth/openid_connect/callback",
               authorization_endpoint: metadata['authorization_endpoint'],
               token_endpoint: metadata['token_endpoint'],
               userinfo_endpoint: metadata['userinfo_endpoint'],
               jwks_uri: metadata['jwks_uri']
             }
  end
  run app
end

Rack::Handler::WEBrick.run(
  stack,
  Host: 'localhost', Port: port, AccessLog: [], Logger: WEBrick::Log.new(File::NULL),
  StartCallback: -> { $stdout.puts('listening') || $stdout.flush }
)
