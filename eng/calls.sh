#!/usr/bin/env bash
# Makes the recorded calls anew that pages are tested with (tests/VoiceBridge.Testing/Clusters/recorded-calls.json): runs real calls through the whole local
# system with its simulated phone networks and agent, and writes down what the product wrote of them. Needs Chromium. About a minute.
set -eu
cd "$(dirname "$0")/.."
export RECORD_CALLS="$PWD/tests/VoiceBridge.Testing/Clusters/recorded-calls.json"
dotnet build tests/VoiceBridge.System.Tests --nologo -v quiet -clp:NoSummary
dotnet test --project tests/VoiceBridge.System.Tests --no-build --explicit only --filter-method '*PagesInChromiumTests.Recording_is_made_anew'
