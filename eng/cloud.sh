#!/usr/bin/env bash
# Compiles VoiceBridge.Cloud.sln against eng/stubs, so that a change in the solution that breaks what is only built for the cloud is seen
# where the cloud's packages are missing too. Nothing that it makes can run. .github/workflows/cloud.yml builds it with the packages, and
# runs its tests.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build VoiceBridge.Cloud.sln --property:CloudStubs=true --nologo --verbosity quiet -clp:NoSummary
echo "ok: VoiceBridge.Cloud.sln compiles against eng/stubs"
