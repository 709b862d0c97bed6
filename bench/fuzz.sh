#!/usr/bin/env bash
# Feeds each reader of what comes from outside with made-up and damaged inputs: event bodies, callbacks, WebSocket frames, media frames, model events, tickets.
#   bench/fuzz.sh            a million inputs per reader
#   bench/fuzz.sh 20000000
set -euo pipefail
cd "$(dirname "$0")/.."
export VOICEBRIDGE_FUZZ=${1:-1000000}
for room in CallControl MediaGateway Cluster; do
  project=tests/VoiceBridge.$room.Tests
  dotnet build "$project" -c Release --nologo -v quiet -clp:NoSummary
  dotnet run --project "$project" -c Release --no-build -- -trait Category=Fuzz 2>&1 | grep -E 'fuzz:|FAIL|Exception|Total:|seed' || { echo "$room failed"; exit 1; }
done
