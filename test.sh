#!/usr/bin/env bash
# Builds everything and runs all tests. Needs nothing but the .NET SDK; tests that need Chromium or redis-server say so and skip.
# The last line is a plain "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")"
. eng/feed.sh

if ! dotnet build VoiceBridge.sln --nologo -v quiet -clp:NoSummary; then
  echo "The build failed; no test ran." >&2
  exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# One test project at a time: the system tests keep real time, and a neighbour on the same cores would be measured with them.
dotnet test --solution VoiceBridge.sln --no-build --max-parallel-test-modules 1 "$@" 2>&1 | tee "$log"
code=${PIPESTATUS[0]}

count() { awk -v key="$1" '$1 == key ":" { n = $2 } END { print n + 0 }' "$log"; }
failed=$(count failed)
passed=$(count succeeded)
[ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
echo "$passed passed, $failed failed, $(count skipped) skipped"
[ "$code" -eq 0 ] && [ "$passed" -gt 0 ]
