#!/usr/bin/env bash
# What it takes to find, read and export ended calls: a history of its own in PostgreSQL (200,000 calls of 20 turns) and in an SQLite file (a tenth), made by the code that
# CallControl writes with. Prints times over many different questions and the export's, with the memory that the process had at most.
#   bench/history.sh                       both
#   bench/history.sh --calls 20000         so many in PostgreSQL, a tenth in SQLite
set -eu
cd "$(dirname "$0")/.."
out=artifacts/history-bench
[ -n "${NO_BUILD:-}" ] || dotnet publish bench/VoiceBridge.HistoryBench -c Release -o "$out" --nologo -v quiet -p:IsPublishable=true
exec dotnet "$out/VoiceBridge.HistoryBench.dll" "$@"
