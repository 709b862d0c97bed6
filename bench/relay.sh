#!/usr/bin/env bash
# Measures the real MediaGateway beside relays that do less, all as processes of their own, under a load like life: each call's frames at their own
# phase, generator and server on the same cores, nothing pinned unless told, cold (first 15 s after ready, calls arriving within 4 s) and warm apart.
#   bench/relay.sh                                   100 to 400 calls, 5 rounds of gateway, raw, raw-inline, naive and floor (about 90 minutes)
#   bench/relay.sh compare --calls 200 --against raw floor --rounds 1
#   bench/relay.sh compare --against gateway-before=/path/to/VoiceBridge.MediaGateway.dll      an older build
#   bench/relay.sh compare --subject gateway-whole --against gateway     CallControl, events, callbacks and tokens as well
#   bench/relay.sh compare --conversations --calls 200 300 500 --against raw                   turns and interruptions instead of an echo
#   bench/relay.sh compare --delta 200 ...           the agent's audio in messages of 200 ms;  --tls ...  TLS to the agents' end
#   bench/relay.sh compare --subject gateway-busy --against gateway --calls 100 --side-by-side    what tools, transcripts and telemetry cost
#   bench/relay.sh compare --subject gateway-guarded --against gateway-open                    what the protections cost
#   bench/relay.sh capacity                          server on CPU 0, load on CPU 1, steps of 25 calls
#   bench/relay.sh footprint                         memory per call, bytes per frame, collections in a minute
#   bench/relay.sh all                               all of it, and the chart of docs/performance.md
# Figures go to artifacts/relay/*.json, and one line per run to *.csv. NO_BUILD=1 measures what is published already.
set -eu
cd "$(dirname "$0")/.."
out=artifacts/relay
if [ -z "${NO_BUILD:-}" ]; then
  # As its container image is built: for its platform, compiled ahead.
  for service in MediaGateway CallControl; do
    dotnet publish "VoiceBridge.$service" -c Release --os linux --self-contained false -o "$out/$service" --nologo -v quiet
  done
  dotnet publish bench/VoiceBridge.RelayBench -c Release -o "$out/bench" --nologo -v quiet -p:IsPublishable=true
fi

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
  # The generator's own runtime, not that of what it measures: compiled at once, and with room for all it allocates in a run.
  DOTNET_TieredCompilation=0 DOTNET_gcServer=0 DOTNET_gcConcurrent=0 DOTNET_GCgen0size=0x10000000 dotnet "$out/bench/VoiceBridge.RelayBench.dll" "$@"
}
measure() {
  bench "$@" --gateway "$PWD/$out/MediaGateway/VoiceBridge.MediaGateway.dll" --call-control "$PWD/$out/CallControl/VoiceBridge.CallControl.dll" \
    --redis "127.0.0.1:$port" --cloud $((port + 1)) --certificate "$certificate" --helpers "$redis" "$cloud"
}

command=${1:-compare}
[ $# -gt 0 ] && shift
if [ "$command" = all ]; then
  measure compare --json "$out/compare.json" --csv "$out/compare.csv"
  measure compare --subject gateway-whole --against gateway --json "$out/whole.json" --csv "$out/whole.csv"
  measure compare --conversations --calls 200 300 500 --against raw floor --json "$out/conversations.json" --csv "$out/conversations.csv"
  measure compare --tls --calls 100 200 300 --against raw --json "$out/tls.json" --csv "$out/tls.csv"
  measure compare --subject gateway-busy --against gateway --calls 100 --phases warm --warm-up 20 --side-by-side --json "$out/busy.json"
  measure compare --subject gateway-guarded --against gateway-open --calls 100 --phases warm --json "$out/guarded.json"
  measure capacity --json "$out/capacity.json"
  measure footprint --json "$out/footprint.json"
  bench chart --compared "$out/compare.json" --capacities "$out/capacity.json" --svg docs/images/relay.svg
elif [ "$command" = compare ]; then
  case " $* " in *" --json "*) ;; *) set -- "$@" --json "$out/compare.json" --csv "$out/compare.csv" ;; esac
  measure compare "$@"
else
  measure "$command" "$@"
fi
