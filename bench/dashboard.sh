#!/usr/bin/env bash
# The published dashboard over a cluster of 1,000 calls and 10 gateways that lives in a Redis of its own, looked at by real Chromium:
# how soon a page is painted, shows data and is live; what an open page costs the server; the table scrolls; a restart disturbs nothing.
# Exit code 1 when an aim is missed. Needs Chromium; uses redis-server where it is installed, Garnet otherwise.
#   bench/dashboard.sh                                   about four minutes
#   bench/dashboard.sh --calls 200 --gateways 3 --seconds 5 --loads 3
set -eu
cd "$(dirname "$0")/.."
out=artifacts/dashboard-bench
dotnet publish VoiceBridge.Dashboard -c Release -o "$out/dashboard" --nologo -v quiet
dotnet publish bench/VoiceBridge.DashboardBench -c Release -o "$out/bench" --nologo -v quiet -p:IsPublishable=true
exec dotnet "$out/bench/VoiceBridge.DashboardBench.dll" --dashboard "$PWD/$out/dashboard/VoiceBridge.Dashboard.dll" --json "$PWD/$out/result.json" "$@"
