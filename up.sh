#!/usr/bin/env bash
# Builds VoiceBridge.Local and runs the whole system on this machine: ./up.sh --help
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. eng/progress.sh

# Nothing newer than the last build: nothing to build. Folders count too, so that a deleted file is noticed.
built="artifacts/up.built"
if [[ ! -f $built ]] || [[ -n $(find . -path ./artifacts -prune -o -path ./.git -prune -o -path ./tests -prune -o -path ./recordings -prune \
    -o -mindepth 1 -newer "$built" -print -quit) ]]; then
  started=$(mktemp)
  build VoiceBridge.Local --configuration Release
  mkdir -p artifacts && mv "$started" "$built"
fi

exec dotnet artifacts/bin/VoiceBridge.Local/release/VoiceBridge.Local.dll "$@"
