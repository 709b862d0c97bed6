#!/usr/bin/env bash
# Callers come and go, are cut off, refused and busy, for a long time; then heap (after a forced collection), resident memory, sockets,
# timers and everything held in Redis must be what they were. Exit code 1 when they are not.
#   bench/soak.sh                                10 minutes, after two to warm up
#   bench/soak.sh --minutes 3 --warm-up 30 --rate 2
set -eu
cd "$(dirname "$0")/.."
out=artifacts/soak
dotnet publish bench/VoiceBridge.Soak -c Release -o "$out" --nologo -v quiet -p:IsPublishable=true
exec dotnet "$out/VoiceBridge.Soak.dll" "$@"
