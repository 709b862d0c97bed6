#!/usr/bin/env bash
# So many calls against a model of the service that does what it likes (tests/VoiceBridge.MediaGateway.Tests/Model). A failure prints its seed:
#   eng/model.sh 100000
#   CsCheck_Seed=<seed> eng/model.sh 1
set -eu
cd "$(dirname "$0")/.."
dotnet build tests/VoiceBridge.MediaGateway.Tests --nologo -v quiet -clp:NoSummary
CsCheck_Iter=${1:-100000} dotnet test --project tests/VoiceBridge.MediaGateway.Tests --no-build --filter-class '*CallModelTests' --explicit only
