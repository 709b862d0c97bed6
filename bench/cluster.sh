#!/usr/bin/env bash
# What a cluster costs its Redis: the cluster code of gateways, CallControl and dashboards over a redis-server of its own, media and HTTP left
# out. Prints commands per second (a script is one; those within scripts apart), the CPU of Redis, and how late heartbeats and answers are.
#   bench/cluster.sh                                                              10 gateways, 1,000 calls, 3 CallControls, 1 dashboard
#   bench/cluster.sh --gateways 100 --calls 10000 --callcontrols 10 --dashboards 2
#   bench/cluster.sh --waiting 600         callers in the queue; --idle: calls in which nothing happens; --kill: a gateway dies
set -eu
cd "$(dirname "$0")/.."
out=artifacts/cluster-bench
[ -n "${NO_BUILD:-}" ] || dotnet publish bench/VoiceBridge.ClusterBench -c Release -o "$out" --nologo -v quiet -p:IsPublishable=true
exec dotnet "$out/VoiceBridge.ClusterBench.dll" "$@"
