#!/usr/bin/env bash
# What it takes to find, read and export ended calls: a history of its own in PostgreSQL (200,000 calls of 20 turns) and in an SQLite file (a tenth), made by the code that
# CallControl writes with. Prints times over many different questions, and those of an export by the published dashboard, with the memory that it had at most.
#   bench/history.sh                       both
#   bench/history.sh --calls 20000         so many in PostgreSQL, a tenth in SQLite
set -eu
cd "$(dirname "$0")/.."
out=artifacts/history-bench
if [ -z "${NO_BUILD:-}" ]; then
  dotnet publish VoiceBridge.Dashboard -c Release -o "$out/dashboard" --nologo -v quiet
  dotnet publish bench/VoiceBridge.HistoryBench -c Release -o "$out/bench" --nologo -v quiet -p:IsPublishable=true
fi
exec dotnet "$out/bench/VoiceBridge.HistoryBench.dll" --dashboard "$PWD/$out/dashboard/VoiceBridge.Dashboard.dll" "$@"
