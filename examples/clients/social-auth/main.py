"""As in the documentation of Python Social Auth (social-auth-core), in a Django of one file."""

import os
from urllib.parse import urlencode

import django
import requests
from django.conf import settings
from django.contrib.auth import logout as forget
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import include, path

issuer, port = os.environ["ISSUER"], int(os.environ["PORT"])
endpoints = requests.get(issuer + "/.well-known/openid-configuration").json()

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
        "social_django",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["social_core.backends.open_id_connect.OpenIdConnectAuth"],
    LOGIN_REDIRECT_URL="/",
    SOCIAL_AUTH_OIDC_OIDC_ENDPOINT=issuer,
    SOCIAL_AUTH_OIDC_KEY=os.environ["CLIENT_ID"],
    SOCIAL_AUTH_OIDC_SECRET=os.environ["CLIENT_SECRET"],
    SOCIAL_AUTH_OIDC_EXTRA_DATA=["name"],
)
django.setup()

from social_django.utils import load_strategy  # noqa: E402


def own(request):
    return request.user.social_auth.get(provider="oidc")


def home(request):
    if not request.user.is_authenticated:
        return JsonResponse({})
    return JsonResponse({"email": request.user.email, "name": own(request).extra_data["name"]})


def login(request):
    """It begins by a form that is posted."""
    return HttpResponse('<form method="post" action="/login/oidc/"><button>Sign in with Rekey</button></form>')


def refresh(request):
    before = own(request).extra_data["access_token"]
    own(request).refresh_token(load_strategy(request))
    return JsonResponse({"refreshed": own(request).extra_data["access_token"] != before})


def logout(request):
    """It ends its own session alone: the provider's is ended by RP-Initiated Logout 1.0."""
    back = {
        "id_token_hint": own(request).extra_data["id_token"],
        "post_logout_redirect_uri": f"http://localhost:{port}/",
    }
    forget(request)
    return redirect(endpoints["end_session_endpoint"] + "?" + urlencode(back))


urlpatterns = [
    path("", home),
    path("login", login),
    path("logout", logout),
    path("refresh", refresh),
    path("", include("social_django.urls", namespace="social")),
]

if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    call_command("migrate", verbosity=0)
    server = make_server("localhost", port, get_wsgi_application())
    print("listening", flush=True)
    server.serve_forever()
