#!/bin/sh
# A request that is signed (RFC 9421) and needs no access token: who am I here?
# Needs MSA_URL, MSA_KEY_FILE (an Ed25519 private key in PEM) and MSA_KEY_ID.
set -eu

url="$MSA_URL/v1/integrator"
parameters="(\"@method\" \"@target-uri\");created=$(date +%s);keyid=\"$MSA_KEY_ID\";alg=\"ed25519\""
parameters="$parameters;nonce=\"$(openssl rand -hex 16)\""

# The signature base: each covered component on a line, the parameters last, no newline at the end.
base=$(mktemp)
trap 'rm -f "$base"' EXIT
printf '"@method": GET\n"@target-uri": %s\n"@signature-params": %s' "$url" "$parameters" > "$base"
signature=$(openssl pkeyutl -sign -rawin -inkey "$MSA_KEY_FILE" -in "$base" | openssl base64 -A)

curl -sf "$url" -H "Signature-Input: sig1=$parameters" -H "Signature: sig1=:$signature:"
echo
