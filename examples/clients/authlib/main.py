"""As in Authlib's documentation of its Flask client."""

import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session

issuer, port = os.environ["ISSUER"], int(os.environ["PORT"])
app = Flask(__name__)
app.secret_key = "only for the example"
oauth = OAuth(app)
oauth.register(
    name="rekey",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=issuer + "/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email"},
)


@app.get("/login")
def login():
    return oauth.rekey.authorize_redirect(f"http://localhost:{port}/callback")


@app.get("/callback")
def callback():
    token = oauth.rekey.authorize_access_token()
    session["user"] = dict(oauth.rekey.userinfo(token=token))
    session["refresh"] = token["refresh_token"]
    session["hint"] = token["id_token"]
    return redirect("/")


@app.get("/refresh")
def refresh():
    token = oauth.rekey.fetch_access_token(grant_type="refresh_token", refresh_token=session["refresh"])
    return jsonify(refreshed="access_token" in token)


@app.get("/logout")
def logout():
    hint = session.pop("hint")
    session.clear()
    end = oauth.rekey.load_server_metadata()["end_session_endpoint"]
    return redirect(f"{end}?id_token_hint={hint}&post_logout_redirect_uri=http://localhost:{port}/")


@app.get("/")
def home():
    return jsonify(session.get("user", {}))


if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    server = make_server("localhost", port, app)
    print("listening", flush=True)
    server.serve_forever()
