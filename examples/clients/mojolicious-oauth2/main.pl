# As in the documentation of Mojolicious::Plugin::OAuth2: OpenID Connect by the well-known address of the issuer.
use Mojolicious::Lite -signatures;

my ($issuer, $id, $secret, $port) = @ENV{qw(ISSUER CLIENT_ID CLIENT_SECRET PORT)};
my $origin = "http://localhost:$port";

app->secrets(['only for the example']);
plugin OAuth2 => {
  rekey => {key => $id, secret => $secret, well_known_url => "$issuer/.well-known/openid-configuration"}};

get '/' => sub ($c) { $c->render(json => $c->session('user') // {}) };

get '/login' => sub ($c) { $c->redirect_to('/callback') };

get '/callback' => sub ($c) {
  my %asking = (
    redirect_uri    => "$origin/callback",
    scope           => 'openid profile email',
    # OAuth 2.0 wants it said, and the plugin doesn't by itself.
    authorize_query => {response_type => 'code'},
  );
  $c->render_later;
  $c->oauth2->get_token_p(rekey => \%asking)->then(sub ($told) {
    return unless $told;
    my $claims = $c->oauth2->jwt_decode(rekey => data => $told->{id_token});
    $c->session(
      user    => {email => $claims->{email}, name => $claims->{name}},
      hint    => $told->{id_token},
      refresh => $told->{refresh_token},
    );
    $c->redirect_to('/');
  })->catch(sub ($error) { $c->render(text => $error, status => 500) });
};

get '/refresh' => sub ($c) {
  $c->render_later;
  $c->oauth2->get_refresh_token_p(rekey => {refresh_token => $c->session('refresh')})->then(sub ($told) {
    $c->session(refresh => $told->{refresh_token} // $c->session('refresh'));
    $c->render(json => {refreshed => $told->{access_token} ? \1 : \0});
  })->catch(sub ($error) { $c->render(text => $error, status => 500) });
};

get '/logout' => sub ($c) {
  my %back = (id_token_hint => $c->session('hint'), post_logout_redirect_uri => "$origin/", state => 'out');
  $c->session(expires => 1);
  $c->redirect_to($c->oauth2->logout_url(rekey => \%back));
};

app->start('daemon', '-l', "http://localhost:$port");
