#!/usr/bin/env bash
# From a bare machine to a running gateway: installs what is missing, builds, starts on the example configuration and prints a curl that
# works at once. Ctrl-C stops it. HOST, PORT and DATA_DIR may be set.
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/build.sh

data_dir=${DATA_DIR:-penstock-data}
host=${HOST:-127.0.0.1}
port=${PORT:-4000}
key_file=$data_dir/master-key

# a random master key, kept private and used again next time
mkdir -p -m 0700 "$data_dir"
if [[ -z ${LITELLM_MASTER_KEY:-} ]]; then
  [[ -s $key_file ]] || (umask 077; echo "sk-$(head -c 32 /dev/urandom | base64 | tr -d '=+/\n')" >"$key_file")
  LITELLM_MASTER_KEY=$(<"$key_file")
fi
export LITELLM_MASTER_KEY

ready=$(mktemp)
build/penstock serve --config deploy/config.example.yaml --host "$host" --port "$port" --data-dir "$data_dir" >"$ready" &
gateway=$!
trap 'kill "$gateway" 2>/dev/null; wait "$gateway" 2>/dev/null; rm -f "$ready"' EXIT
trap 'exit 0' INT TERM

for _ in $(seq 100); do
  url=$(sed -n 's/^penstock listening on //p' "$ready")
  [[ -n $url ]] && break
  kill -0 "$gateway" 2>/dev/null || { echo "the gateway did not start: see above" >&2; exit 1; }
  sleep 0.1
done
[[ -n $url ]] || { echo "the gateway is not ready after 10 s" >&2; exit 1; }

cat <<TEXT

Penstock is running on $url. Try it:

  curl -N $url/v1/chat/completions \\
    -H 'Authorization: Bearer $LITELLM_MASTER_KEY' -H 'Content-Type: application/json' \\
    -d '{"model":"demo","stream":true,"messages":[{"role":"user","content":"What is a penstock?"}]}'

The master key is in $key_file. Models are in deploy/config.example.yaml; OPENAI_API_KEY opens those of OpenAI.
Ctrl-C stops.
TEXT
wait "$gateway"
