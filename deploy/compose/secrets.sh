#!/bin/sh
# Make what compose.yaml reads from ./secrets, for trials: keys, passwords, a certificate for localhost.
# As root, so that each file belongs to the account that reads it (a mounted secret keeps owner and mode).
# What is there already stays: a new key file opens nothing that an older one sealed.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
chmod 0755 secrets
random() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
password() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
give() { # NAME OWNER: takes the content from standard input
  if [ -e "secrets/$1" ]; then cat >/dev/null; return; fi
  cat >"secrets/$1"
  chmod 0400 "secrets/$1"
  chown "$2" "secrets/$1"
}
gateway=812
postgres=999
caddy=0
grafana=472
echo "kek-1 $(random)" | give kek $gateway
openssl genpkey -algorithm ed25519 | give seal-key $gateway
for name in superuser replication rewind msa; do password | give "postgres-$name" $postgres; done
printf '*:*:*:msa:%s\n' "$(cat secrets/postgres-msa)" | give pgpass $gateway
password | give grafana $grafana
if [ ! -e secrets/tls-key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -keyout secrets/tls-key.new -out secrets/tls-certificate.new 2>/dev/null
  give tls-key $caddy <secrets/tls-key.new
  give tls-certificate $caddy <secrets/tls-certificate.new
  rm secrets/tls-key.new secrets/tls-certificate.new
fi
echo "made what was missing in $(pwd)/secrets" >&2
