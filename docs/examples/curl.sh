#!/bin/sh
# An alarm, with curl alone. Needs MSA_URL, MSA_CLIENT_ID, MSA_SECRET_FILE and MSA_CENTRE.
set -eu

value() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

# The secret goes in by standard input, so that no other process sees it among curl's arguments.
token=$(printf 'user = "%s:%s"\n' "$MSA_CLIENT_ID" "$(cat "$MSA_SECRET_FILE")" |
    curl -sf -K - "$MSA_URL/v1/token" -d grant_type=client_credentials | value access_token)

auth() { printf 'header = "Authorization: Bearer %s"\n' "$token"; }

# The id is yours, and the same each time you send this alarm: it is raised once.
id="$(date +%s)-$$"
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
send() {
    auth | curl -sf -K - "$MSA_URL/v1/events" \
        -H 'Content-Type: application/json' \
        -H 'ce-specversion: 1.0' \
        -H 'ce-type: be.msa.alarm.raised' \
        -H 'ce-source: /examples/curl' \
        -H "ce-id: $id" \
        -H 'ce-subject: account-4711' \
        -d '{"cause": "button", "text": "Pressed twice", "battery_pct": 64, "positions": [{"latitude": 51.0543,
             "longitude": 3.7174, "radius_m": 20, "fixed_at": "'"$at"'", "method": "gnss"}]}'
}

cursor=$(auth | curl -sf -K - -D - -o /dev/null "$MSA_URL/v1/streams/$MSA_CENTRE" |
    tr -d '\r' | sed -n 's/^[Mm][Ss][Aa]-[Cc]ursor: //p')

first=$(send)
again=$(send)
echo "alarm $(echo "$first" | value alarm_id)"
echo "seen before: $(echo "$first" | value seen_before), then $(echo "$again" | value seen_before)"
echo "stream from $cursor:"
auth | curl -sf -K - -H 'Accept: application/x-ndjson' "$MSA_URL/v1/streams/$MSA_CENTRE?after=$cursor&wait=5" |
    sed -n 's/.*"type": *"\([^"]*\)".*"subject": *"\([^"]*\)".*/\1 \2/p'
