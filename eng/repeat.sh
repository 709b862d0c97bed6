#!/usr/bin/env bash
# Runs chosen system tests N times over, building once; ends at the first failure.
#   eng/repeat.sh 20 --filter-class '*OneCallTests'
#   TestRedis=Garnet eng/repeat.sh 20 --filter-class '*Failures*'      without the real Redis
set -eu
cd "$(dirname "$0")/.."
times=$1
shift
project=tests/VoiceBridge.System.Tests
dotnet build "$project" --nologo -v quiet -clp:NoSummary
for round in $(seq "$times"); do
  if ! dotnet test --project "$project" --no-build "$@" >artifacts/repeat.log 2>&1; then
    tail -60 artifacts/repeat.log
    echo "round $round of $times failed"
    exit 1
  fi
  echo "round $round of $times passed: $(awk '$1 == "succeeded:" { print $2 }' artifacts/repeat.log) tests"
done
