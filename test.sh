#!/usr/bin/env bash
# Builds everything and runs all tests. Needs nothing but the .NET SDK; tests that need Chromium or redis-server say so and skip.
# The last line is a plain "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")"
. eng/progress.sh

if ! build VoiceBridge.sln; then
  echo "The build failed; no test ran." >&2
  exit 1
fi

# A test runs most code a few times: profiles for the optimiser would cost more than they bring.
export DOTNET_TieredPGO=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Whole systems keep real time, and a neighbour on the same cores would be measured with them. The rooms go before, beside each other and those systems that must have
# a process of their own; the AppHost's tests, which wait for most of their time, beside the systems that do: those that need the processor alone come last.
rooms= apphost= systems=
for project in tests/*.Tests; do
  project=${project#tests/}
  program="artifacts/bin/$project/debug/$project.dll;"
  case $project in
    VoiceBridge.Deploy.Tests) ;; # Built and run with VoiceBridge.Cloud.sln.
    VoiceBridge.System.Tests) systems=$program ;;
    VoiceBridge.AppHost.Tests) apphost=$program ;;
    VoiceBridge.MediaGateway.Tests | VoiceBridge.CallControl.Tests) rooms=$program$rooms ;; # The longest first.
    *) rooms+=$program ;;
  esac
done
# run N PROGRAMS [options]: N of these programs at once.
run() {
  dotnet test --test-modules "${2%;}" --max-parallel-test-modules "$1" "${@:3}" 2>&1 | tee -a "$log"
  return "${PIPESTATUS[0]}"
}
counting=Counts=process
test_rooms() {
  local code=0 of_process=0
  run 1 "$systems" --filter-trait "$counting" "$@" &
  run 4 "$rooms" "$@" || code=$?
  wait $! || of_process=$?
  # 8: options have chosen others.
  if [ "$of_process" -ne 0 ] && { [ "$of_process" -ne 8 ] || [ $# -eq 0 ]; }; then code=$of_process; fi
  return "$code"
}
test_systems() { run 2 "$apphost$systems" --filter-not-trait "$counting" "$@"; }
code=0
step "Testing the rooms${*:+, $*}" test_rooms "$@" || code=$?
step "Testing whole systems${*:+, $*}" test_systems "$@" || code=$?

count() { awk -v key="$1" '$1 == key ":" { n += $2 } END { print n + 0 }' "$log"; }
failed=$(count failed)
passed=$(count succeeded)
[ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
# Their stories are far above, among what the services said: the names again, where one looks.
sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '/^failed /{ n = 8 } n-- > 0' | cut -c1-500
echo "$passed passed, $failed failed, $(count skipped) skipped"
[ "$code" -eq 0 ] && [ "$passed" -gt 0 ]
