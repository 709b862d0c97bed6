#!/usr/bin/env bash
# Fails when a package that we use, directly or through another, has an advisory that the feed knows of. Some mirrors know of none and some do not answer:
# that is no failure of ours, but no acquittal either, so it is said. Whether the feed knows anything is seen by a package that has had an advisory for years.
# usage: eng/vulnerable.sh [solution or project, restored]
set -uo pipefail
cd "$(dirname "$0")/.."

target=${1:-VoiceBridge.sln}
control=Newtonsoft.Json control_version=12.0.1 # GHSA-5crp-9r3c-p9vr

advisories() { dotnet package list --project "$1" --vulnerable --include-transitive --format json; }

not_asked() {
  echo "Vulnerable packages: COULD NOT ASK. $1"
  [ -z "${GITHUB_ACTIONS:-}" ] || echo "::warning title=Vulnerable packages::Could not ask. $1"
  exit 0
}

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

report=$(advisories "$target" 2>"$out/error") || not_asked "The feed does not answer: $(tail -n 1 "$out/error")"
if grep -q '"severity"' <<<"$report"; then
  echo "$report"
  echo "Vulnerable packages: see above." >&2
  exit 1
fi

cat > "$out/control.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup><PackageReference Include="$control" Version="$control_version" /></ItemGroup>
</Project>
PROJECT
dotnet restore "$out/control.csproj" --verbosity quiet >"$out/error" 2>&1 || not_asked "The feed has no $control $control_version to try it with."
advisories "$out/control.csproj" 2>/dev/null | grep -q '"severity"' || not_asked "The feed names no advisory for $control $control_version, which has one."
echo "Vulnerable packages: none that the feed knows of."
