#!/usr/bin/env bash
# Records the log that the runbooks are made from: logins of strangers against the module in the harness, with faults
# injected into calls to the sequencer. Run by `make record`.
set -euo pipefail
cd "$(dirname "$0")/../../.."
data=docs/runbooks/data
bin=$(mktemp -d)
: >"$bin/log"
trap 'kill "$server" 2>/dev/null || true; rm -rf "$bin"' EXIT
go build -o "$bin/tracedge" ./harness/cmd/tracedge
secret=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
"$bin/tracedge" serve --memory --addr 127.0.0.1:8790 --log json \
  --var "JWT_SECRET=$secret" --var BCRYPT_COST=4 --var LOGIN_FAILURE_LIMIT=0 --var ADDRESS_FAILURE_LIMIT=0 \
  --faults overload=4%,garbage=2%,conflict=1%,lost=1%,hang=1% --fault-seed 7 \
  >"$data/faults.ndjson" 2>"$bin/log" &
server=$!
until grep -q '^listening on' "$bin/log"; do sleep 0.1; done
"$bin/tracedge" load --url http://127.0.0.1:8790 --scenario strangers --rps 40 --duration 8s >/dev/null
kill -INT "$server"
wait "$server" || true
grep '^partitions struck' "$bin/log"
