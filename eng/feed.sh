#!/usr/bin/env bash
# Sourced by up.sh and test.sh: finds out whether the configured package feed has Aspire.* and Azure.Communication.*, says so in
# one line and exports ReducedFeed (docs/feeds.md). A ReducedFeed from the environment is taken as it is. The answer is kept in
# artifacts/, so that later runs ask nobody and work offline; it is asked again when the NuGet configuration changes.

_feed_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
_feed_answer="$_feed_root/artifacts/feed"

_feed_configuration() {
  # Most of these do not exist, which is no failure, even for a caller with pipefail.
  { cat "$_feed_root"/[Nn]u[Gg]et.[Cc]onfig "$_feed_root/eng/FeedProbe/FeedProbe.proj" \
    "$HOME"/.nuget/NuGet/NuGet.Config "$HOME"/.config/NuGet/NuGet.Config 2>/dev/null || true; } | cksum | cut -d' ' -f1
}

_feed_probe() {
  local output
  if output=$(cd "$_feed_root" && timeout 60 dotnet restore eng/FeedProbe/FeedProbe.proj -v quiet -nologo --disable-parallel 2>&1); then
    echo full
  elif [[ $output == *NU1101* || $output == *NU1102* ]]; then
    echo reduced
  else
    # Unreachable, or something else: nothing is known, so nothing is kept.
    echo unknown
  fi
}

if [[ -n ${ReducedFeed:-} ]]; then
  echo "Feed: ReducedFeed=$ReducedFeed, as the environment says."
else
  _feed_key=$(_feed_configuration)
  _feed=$(cat "$_feed_answer" 2>/dev/null || true)
  if [[ $_feed != "$_feed_key "* ]]; then
    _feed="$_feed_key $(_feed_probe)"
    if [[ $_feed != *unknown ]]; then
      mkdir -p "$_feed_root/artifacts"
      echo "$_feed" >"$_feed_answer"
    fi
  fi
  case $_feed in
    *full)
      ReducedFeed=false
      echo "Feed: complete." ;;
    *reduced)
      ReducedFeed=true
      echo "Feed: without Aspire and Azure.Communication packages (ReducedFeed=true): the AppHost is left out." ;;
    *)
      ReducedFeed=true
      echo "Feed: not reachable; building with ReducedFeed=true from the packages that are here." ;;
  esac
fi
export ReducedFeed
unset _feed _feed_key _feed_root _feed_answer
