#!/usr/bin/env bash
# Installs what the clients need, into a folder of its own. What can't be had here is left out with a word.
set -u
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../../node_modules/.cache/clients}
mkdir -p "$folder" && cd "$folder" || exit 1
folder=$PWD
[ -e package.json ] || echo '{ "private": true }' > package.json
# next-auth has Next.js as a peer, and Express stands in for it.
npm install --no-audit --no-fund --no-save --legacy-peer-deps express@5 express-session@1 cookie-parser@1 passport@0.7 \
  passport-openidconnect@0.1 passport-oauth2-refresh@2 express-openid-connect@3 openid-client-5@npm:openid-client@5 \
  oidc-client-ts@3 @auth/express@0.12 @auth/core@0.41 next-auth@4 ||
  echo 'left out: the clients for Node.js'
if command -v python3 > /dev/null; then
  pip install --quiet --target python-packages Authlib Flask requests mozilla-django-oidc social-auth-app-django || echo 'left out: the clients for Python'
fi
if command -v go > /dev/null; then
  mkdir -p go && cp "$here"/go-oidc/*.go go/ && (cd go && { [ -e go.mod ] || go mod init client; } &&
    go mod tidy && go build -o go-oidc .) || echo 'left out: go-oidc'
fi
# In Java: the jars beside the class that they are for.
java() {
  local name=$1
  [ -e "java/$name/example/Main.class" ] && return
  command -v mvn > /dev/null && command -v javac > /dev/null && mkdir -p "java/$name" &&
    mvn --quiet -f "$here/$name/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$folder/java/$name/jars" > /dev/null &&
    javac -parameters -cp "java/$name/jars/*" -d "java/$name" "$here/$name/Main.java" || echo "left out: $name"
}
java google-oauth-client
java spring-security

# Debian's packages are unpacked beside each other and not installed: the system stays as it is.
debian() {
  local name=$1
  shift
  [ -e "$name/complete" ] && return
  command -v apt-get > /dev/null && mkdir -p "$name/packages" && (cd "$name/packages" && apt-get download "$@" > /dev/null 2>&1 &&
    for package in *.deb; do dpkg -x "$package" .. || exit 1; done) && rm -r "$name/packages" && touch "$name/complete" ||
    echo "left out: $name"
}
libraries='libjansson4 libcurl4 libxml2 libicu72 libnghttp2-14 libbrotli1 librtmp1 libssh2-1 libpsl5 libldap-2.5-0 libsasl2-2'
debian apache apache2-bin libapache2-mod-auth-openidc libcjose0 libapr1 libaprutil1 libhiredis0.14 liblua5.3-0 $libraries
debian ruby ruby3.1 libruby3.1 libyaml-0-2 rubygems-integration ruby-rubygems ruby-activemodel ruby-activesupport \
  ruby-addressable ruby-aes-key-wrap ruby-attr-required ruby-bindata ruby-concurrent ruby-domain-name ruby-hashie \
  ruby-http-cookie ruby-httpclient ruby-i18n ruby-json ruby-json-jwt ruby-mail ruby-mini-mime ruby-minitest ruby-multi-json \
  ruby-omniauth ruby-omniauth-openid-connect ruby-openid-connect ruby-public-suffix ruby-rack ruby-rack-oauth2 ruby-rack-protection ruby-swd \
  ruby-tzinfo ruby-unf ruby-unf-ext ruby-validate-email ruby-validate-url ruby-webfinger ruby-webrick ruby-zeitwerk
debian perl libmojolicious-perl libmojolicious-plugin-oauth2-perl libmojo-jwt-perl libcrypt-openssl-rsa-perl \
  libcrypt-openssl-bignum-perl libio-socket-ssl-perl libnet-ssleay-perl
# Pictures and scripts of its own error pages are in packages of their own.
[ ! -e perl ] || find perl -xtype l -delete
debian php php8.2-cli php8.2-common php8.2-curl php8.2-mbstring libargon2-1 libsodium23 libedit2 libonig5 $libraries
if [ -e php/complete ] && [ ! -e php/vendor ]; then
  composer --quiet --working-dir=php require jumbojett/openid-connect-php league/oauth2-client ||
    echo 'left out: the clients for PHP'
fi
