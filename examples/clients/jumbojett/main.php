<?php
// As in the library's README, behind PHP's own server.
[$issuer, $id, $secret, $port, $packages] = array_map('getenv', ['ISSUER', 'CLIENT_ID', 'CLIENT_SECRET', 'PORT', 'PHP_PACKAGES']);
require "$packages/autoload.php";

session_start();
$oidc = new Jumbojett\OpenIDConnectClient($issuer, $id, $secret);
$oidc->setRedirectURL("http://localhost:$port/callback");
$oidc->addScope(['profile', 'email']);

switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/login':
    case '/callback':
        $oidc->authenticate();
        $_SESSION['user'] = $oidc->requestUserInfo();
        $_SESSION['hint'] = $oidc->getIdToken();
        $_SESSION['refresh'] = $oidc->getRefreshToken();
        header('Location: /');
        break;
    case '/refresh':
        $tokens = $oidc->refreshToken($_SESSION['refresh']);
        header('Content-Type: application/json');
        echo json_encode(['refreshed' => isset($tokens->access_token)]);
        break;
    case '/logout':
        $hint = $_SESSION['hint'];
        session_destroy();
        $oidc->signOut($hint, "http://localhost:$port/");
        break;
    default:
        header('Content-Type: application/json');
        echo json_encode($_SESSION['user'] ?? new stdClass());
}
