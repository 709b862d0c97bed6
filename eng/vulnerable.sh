#!/usr/bin/env bash
# Fails when a package that we use, directly or through another, has a vulnerability that the feed knows of. Some mirrors know of none, and
# a feed that cannot be reached says nothing: neither is our failure, so neither fails.
set -u
cd "$(dirname "$0")/.."

if ! report=$(dotnet package list --project VoiceBridge.sln --vulnerable --include-transitive --format json 2>&1); then
  echo "Vulnerable packages: the feed does not answer."
  exit 0
fi
if grep -q '"severity"' <<<"$report"; then
  echo "$report"
  echo "Vulnerable packages: see above." >&2
  exit 1
fi
echo "Vulnerable packages: none that the feed knows of."
