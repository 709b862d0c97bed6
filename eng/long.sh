#!/usr/bin/env bash
# What must hold, but takes too long for every build.
#   eng/long.sh                all of it
#   eng/long.sh fuzz soak      these
#   eng/long.sh --list
set -u
cd "$(dirname "$0")/.."
. eng/progress.sh

# Name, the most minutes that it may take, command: ten starts under Aspire with their first calls and their end; failures under calls; a hundred callers over two phones, and
# gateways killed under twenty of Twilio's; calls that ring
# during a flood; calls that end while the history's database is away; made-up inputs for each reader of what comes from outside; callers for ten minutes, after which nothing is left; a thousand calls in real Chromium; a hundred
# thousand calls of a service that does what it likes.
plan='aspire 40 eng/repeat.sh 10 AppHost.Tests
failures 40 eng/repeat.sh 10 --filter-namespace *.Failures
twilio 20 eng/repeat.sh 3 --filter-namespace *.Twilio --explicit only
history 30 eng/repeat.sh 1 --filter-class *.HistoryOutageTests --explicit only
ringing 5 eng/repeat.sh 1 --filter-class *.RingingTests --explicit only
fuzz 20 bench/fuzz.sh 1000000
soak 20 bench/soak.sh
dashboard 15 bench/dashboard.sh
model 60 eng/model.sh 100000'

if [ "${1:-}" != --list ] && [ $# -gt 0 ]; then
  for name; do
    grep -q "^$name " <<<"$plan" || { echo "no '$name'; eng/long.sh --list" >&2; exit 2; }
  done
  plan=$(grep -E "^($(IFS='|' && echo "$*")) " <<<"$plan")
fi
echo "$plan"
[ "${1:-}" != --list ] || exit 0

mkdir -p artifacts/long
failed=()
while read -r -u 3 part minutes command; do
  set -f
  bounded() { timeout --foreground "${minutes}m" $command >"artifacts/long/$part.log" 2>&1; }
  step "Running $part" bounded && continue
  failed+=("$part")
  tail -n 40 "artifacts/long/$part.log"
  echo "$part failed, see artifacts/long/$part.log"
done 3<<<"$plan"
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}"; exit 1; }
echo "All of it holds."
