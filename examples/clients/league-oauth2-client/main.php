<?php
// As in the library's documentation (GenericProvider, with PKCE), behind PHP's own server.
use League\OAuth2\Client\Provider\GenericProvider;

[$issuer, $id, $secret, $port, $packages] = array_map('getenv', ['ISSUER', 'CLIENT_ID', 'CLIENT_SECRET', 'PORT', 'PHP_PACKAGES']);
require "$packages/autoload.php";

session_start();
$endpoints = json_decode(file_get_contents("$issuer/.well-known/openid-configuration"), true);
$provider = new GenericProvider([
    'clientId' => $id,
    'clientSecret' => $secret,
    'redirectUri' => "http://localhost:$port/callback",
    'urlAuthorize' => $endpoints['authorization_endpoint'],
    'urlAccessToken' => $endpoints['token_endpoint'],
    'urlResourceOwnerDetails' => $endpoints['userinfo_endpoint'],
    'scopes' => 'openid profile email',
    'pkceMethod' => GenericProvider::PKCE_METHOD_S256,
]);

switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/login':
        $url = $provider->getAuthorizationUrl();
        $_SESSION['oauth2state'] = $provider->getState();
        $_SESSION['oauth2pkceCode'] = $provider->getPkceCode();
        header("Location: $url");
        break;
    case '/callback':
        if (empty($_GET['state']) || $_GET['state'] !== ($_SESSION['oauth2state'] ?? null)) exit('Invalid state');
        $provider->setPkceCode($_SESSION['oauth2pkceCode']);
        $tokens = $provider->getAccessToken('authorization_code', ['code' => $_GET['code']]);
        $_SESSION['user'] = $provider->getResourceOwner($tokens)->toArray();
        $_SESSION['hint'] = $tokens->getValues()['id_token'];
        $_SESSION['refresh'] = $tokens->getRefreshToken();
        header('Location: /');
        break;
    case '/refresh':
        $tokens = $provider->getAccessToken('refresh_token', ['refresh_token' => $_SESSION['refresh']]);
        $_SESSION['refresh'] = $tokens->getRefreshToken() ?? $_SESSION['refresh'];
        header('Content-Type: application/json');
        echo json_encode(['refreshed' => !$tokens->hasExpired()]);
        break;
    case '/logout':
        // OAuth 2.0 knows no sign-out: this is OpenID Connect's (RP-Initiated Logout 1.0).
        $back = ['id_token_hint' => $_SESSION['hint'], 'post_logout_redirect_uri' => "http://localhost:$port/"];
        session_destroy();
        header("Location: $endpoints[end_session_endpoint]?" . http_build_query($back));
        break;
    default:
        header('Content-Type: application/json');
        echo json_encode($_SESSION['user'] ?? new stdClass());
}
