#!/usr/bin/env bash
# Measures the real MediaGateway against a raw and a naive WebSocket relay, all as processes of their own, on this machine.
#   bench/relay.sh                                   100 and 200 calls, 6 pairs of 15 s each, ABBA
#   bench/relay.sh compare --calls 50 --against raw-inline --pairs 2 --seconds 10
#   bench/relay.sh capacity                          server on CPU 0, load on CPU 1, steps of 25 calls
set -eu
cd "$(dirname "$0")/.."
. eng/feed.sh
out=artifacts/relay
dotnet publish VoiceBridge.MediaGateway -c Release -o "$out/gateway" --nologo -v quiet
dotnet publish bench/VoiceBridge.RelayBench -c Release -o "$out/bench" --nologo -v quiet -p:IsPublishable=true

command=${1:-compare}
[ $# -gt 0 ] && shift
pin=()
[ "$command" = capacity ] && pin=(taskset -c 1)
exec "${pin[@]}" dotnet "$out/bench/VoiceBridge.RelayBench.dll" "$command" --gateway "$PWD/$out/gateway/VoiceBridge.MediaGateway.dll" "$@"
