#!/usr/bin/env bash
# Installs what the clients need, into a folder of its own. What can't be had here is left out with a word.
set -u
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../../node_modules/.cache/clients}
mkdir -p "$folder" && cd "$folder" || exit 1
[ -e package.json ] || echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --no-save express@5 express-session@1 passport@0.7 passport-openidconnect@0.1 \
  express-openid-connect@2 openid-client-5@npm:openid-client@5 oidc-client-ts@3 @auth/express@0.12 ||
  echo 'left out: the clients for Node.js'
if command -v python3 > /dev/null; then
  pip install --quiet --target python-packages Authlib Flask requests || echo 'left out: the clients for Python'
fi
if command -v go > /dev/null; then
  mkdir -p go && cp "$here"/go-oidc/*.go go/ && (cd go && { [ -e go.mod ] || go mod init client; } &&
    go mod tidy && go build -o go-oidc .) || echo 'left out: go-oidc'
fi
