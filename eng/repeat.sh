#!/usr/bin/env bash
# Runs the chosen tests of a project (System.Tests unless another is named) N times over, building once; ends at the first failure.
#   eng/repeat.sh 20 --filter-class '*OneCallTests'
#   eng/repeat.sh 10 AppHost.Tests --filter-method '*First_ten_calls*'
#   TestRedis=Garnet eng/repeat.sh 20 --filter-class '*Failures*'      without the real Redis
set -eu
cd "$(dirname "$0")/.."
. eng/progress.sh
times=$1
shift
project=System.Tests
case ${1:--} in
  -*) ;;
  *) project=$1 && shift ;;
esac
project=tests/VoiceBridge.$project
build "$project"
once() { dotnet test --project "$project" --no-build "$@" >artifacts/repeat.log 2>&1; }
for round in $(seq "$times"); do
  if ! step "Testing $project${*:+ $*}" once "$@"; then
    tail -60 artifacts/repeat.log
    echo "round $round of $times failed"
    exit 1
  fi
  echo "round $round of $times passed: $(awk '$1 == "succeeded:" { print $2 }' artifacts/repeat.log) tests"
done
