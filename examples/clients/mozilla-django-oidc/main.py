"""As in the documentation of mozilla-django-oidc, in a Django of one file."""

import os
from urllib.parse import urlencode

import django
import requests
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import include, path

port = int(os.environ["PORT"])
endpoints = requests.get(os.environ["ISSUER"] + "/.well-known/openid-configuration").json()

settings.configure(
    SECRET_KEY="only for the example",
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "mozilla_django_oidc.middleware.SessionRefresh",
    ],
    AUTHENTICATION_BACKENDS=[f"{__name__}.Backend"],
    LOGIN_REDIRECT_URL="/",
    LOGOUT_REDIRECT_URL="/",
    OIDC_RP_CLIENT_ID=os.environ["CLIENT_ID"],
    OIDC_RP_CLIENT_SECRET=os.environ["CLIENT_SECRET"],
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_RP_SCOPES="openid profile email",
    OIDC_OP_JWKS_ENDPOINT=endpoints["jwks_uri"],
    OIDC_OP_AUTHORIZATION_ENDPOINT=endpoints["authorization_endpoint"],
    OIDC_OP_TOKEN_ENDPOINT=endpoints["token_endpoint"],
    OIDC_OP_USER_ENDPOINT=endpoints["userinfo_endpoint"],
    OIDC_OP_LOGOUT_URL_METHOD=f"{__name__}.end_session",
    OIDC_STORE_ID_TOKEN=True,
    ALLOW_LOGOUT_GET_METHOD=True,
)
django.setup()

from mozilla_django_oidc.auth import OIDCAuthenticationBackend  # noqa: E402
from mozilla_django_oidc.views import OIDCLogoutView  # noqa: E402


class Backend(OIDCAuthenticationBackend):
    """With the name besides, as its documentation says of other claims."""

    def create_user(self, claims):
        return self.update_user(super().create_user(claims), claims)

    def update_user(self, user, claims):
        user.first_name = claims.get("name", "")
        user.save()
        return user


def end_session(request):
    back = {
        "id_token_hint": request.session["oidc_id_token"],
        "post_logout_redirect_uri": f"http://localhost:{port}/",
    }
    return endpoints["end_session_endpoint"] + "?" + urlencode(back)


def home(request):
    user = request.user
    return JsonResponse({"email": user.email, "name": user.first_name} if user.is_authenticated else {})


def refresh(request):
    """It has no refresh tokens: a sign-in that is too old is renewed without a page, by `prompt=none`."""
    request.session["oidc_id_token_expiration"] = 0
    return redirect("/refreshed")


urlpatterns = [
    path("", home),
    path("login", lambda request: redirect("oidc_authentication_init")),
    path("logout", OIDCLogoutView.as_view()),
    path("oidc/", include("mozilla_django_oidc.urls")),
    path("refresh", refresh),
    path("refreshed", lambda request: JsonResponse({"refreshed": request.user.is_authenticated})),
]

if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    call_command("migrate", verbosity=0)
    server = make_server("localhost", port, get_wsgi_application())
    print("listening", flush=True)
    server.serve_forever()
