#!/usr/bin/env bash
# Measures the real MediaGateway against a raw and a naive WebSocket relay, all as processes of their own, on this machine.
#   bench/relay.sh                                   100 and 200 calls, 6 pairs of 15 s each, ABBA
#   bench/relay.sh compare --calls 50 --against raw-inline --pairs 2 --seconds 10
#   bench/relay.sh compare --subject gateway-busy --against gateway       what tools, transcripts and telemetry cost
#   bench/relay.sh compare --subject gateway-busy --against gateway --calls 100 --warm-up 20 --side-by-side      the same, in the very same seconds
#   bench/relay.sh compare --subject gateway-guarded --against gateway-open    what the protections cost
#   bench/relay.sh capacity                          server on CPU 0, load on CPU 1, steps of 25 calls
#   bench/relay.sh footprint                         memory per call, bytes per frame, collections in a minute
#   bench/relay.sh all                               all of it (about an hour), and the chart of docs/performance.md
set -eu
cd "$(dirname "$0")/.."
. eng/feed.sh
out=artifacts/relay
# As its container image is built: for its platform, compiled ahead.
dotnet publish VoiceBridge.MediaGateway -c Release --os linux --self-contained false -o "$out/gateway" --nologo -v quiet
dotnet publish bench/VoiceBridge.RelayBench -c Release -o "$out/bench" --nologo -v quiet -p:IsPublishable=true

# A gateway's heartbeats go to Redis, as in life: an installed server, else the embedded one.
port=$((20000 + RANDOM % 10000))
if command -v redis-server >/dev/null; then
  redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --loglevel warning >/dev/null &
else
  dotnet build VoiceBridge.Local -c Release --nologo -v quiet -clp:NoSummary
  dotnet artifacts/bin/VoiceBridge.Local/release/VoiceBridge.Local.dll redis --port "$port" >/dev/null &
fi
redis=$!
certificate=$PWD/$out/certificate.pem
dotnet "$out/bench/VoiceBridge.RelayBench.dll" cloud --port $((port + 1)) --certificate "$certificate" &
cloud=$!
trap 'kill "$redis" "$cloud"' EXIT
until curl -fs "http://127.0.0.1:$((port + 1))/alive" >/dev/null; do kill -0 "$cloud"; sleep 0.2; done

bench() {
  "${pin[@]}" dotnet "$out/bench/VoiceBridge.RelayBench.dll" "$@"
}
measure() {
  pin=()
  # The server on CPU 0, the generator on CPU 1.
  [ "$1" = capacity ] && pin=(taskset -c 1)
  bench "$@" --gateway "$PWD/$out/gateway/VoiceBridge.MediaGateway.dll" --redis "127.0.0.1:$port" --cloud $((port + 1)) --certificate "$certificate"
}

command=${1:-compare}
[ $# -gt 0 ] && shift
if [ "$command" = all ]; then
  measure compare --json "$out/compare.json"
  measure compare --subject gateway-busy --against gateway --calls 100 --warm-up 20 --side-by-side --json "$out/busy.json"
  measure compare --subject gateway-guarded --against gateway-open --calls 100 --json "$out/guarded.json"
  measure capacity --json "$out/capacity.json"
  measure footprint --json "$out/footprint.json"
  pin=() && bench chart --compared "$out/compare.json" --capacities "$out/capacity.json" --svg docs/images/relay.svg
else
  measure "$command" "$@"
fi
