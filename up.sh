#!/usr/bin/env bash
# Builds VoiceBridge.Local where a source has changed, and runs the whole system on this machine: ./up.sh --help
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# The same text as the program's own (a test compares them), without a build.
case ${1-} in
  init | join | redis) ;;
  *)
    for argument in "$@"; do
      case $argument in
        -h | -\? | --help) exec cat "$root/VoiceBridge.Local/help.txt" ;;
      esac
    done
    ;;
esac

# Sources only: what else lies in the folder, such as recordings and voicebridge.json, causes no build. Folders of sources count too, so that
# a deleted file is noticed.
changed() {
  [[ -f $built ]] || return 0
  [[ -n $(find VoiceBridge.* samples eng Directory.*.props global.json -mindepth 0 \
    \( -type d -o -name '*.cs' -o -name '*.razor' -o -name '*.csproj' -o -name '*.props' -o -name '*.json' -o -name '*.js' -o -name '*.css' \
    -o -name '*.ulaw' -o -name '*.wav' -o -name '*.txt' \) -newer "$built" -print -quit) ]]
}

(
  cd "$root"
  . eng/progress.sh
  built=artifacts/up.built
  if changed; then
    started=$(mktemp)
    build VoiceBridge.Local --configuration Release
    mkdir -p artifacts && mv "$started" "$built"
  fi
)

# In the folder of whoever calls it: voicebridge.json is read there, recordings are written there.
exec dotnet "$root/artifacts/bin/VoiceBridge.Local/release/VoiceBridge.Local.dll" "$@"
