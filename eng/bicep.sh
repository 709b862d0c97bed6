#!/usr/bin/env bash
# Compiles and lints every template under infra/ with the compiler of the NuGet package Azure.Bicep.CommandLine (no Azure CLI needed).
# Anything the compiler says, a warning too, fails.
set -euo pipefail
cd "$(dirname "$0")/.."

package=azure.bicep.commandline.linux-x64
version=$(sed -n 's/.*Include="Azure.Bicep.CommandLine.linux-x64" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)
[ -n "$version" ] || { echo "Directory.Packages.props names no version of Azure.Bicep.CommandLine.linux-x64" >&2; exit 2; }

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# A project that downloads the package and builds nothing; the package folder's own cache is the user's.
cat > "$out/bicep.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="Azure.Bicep.CommandLine.linux-x64" Version="[$version]" /></ItemGroup>
</Project>
PROJECT
dotnet restore "$out/bicep.csproj" --verbosity quiet
packages=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: *//')
bicep="$packages/$package/$version/tools/bicep"
[ -f "$bicep" ] || { echo "no compiler at $bicep" >&2; exit 2; }
chmod +x "$bicep"

failed=0
while IFS= read -r template; do
  said=$({ "$bicep" build "$template" --outfile "$out/template.json"; "$bicep" lint "$template"; } 2>&1) || failed=1
  if [ -n "$said" ]; then
    failed=1
    printf '%s\n' "$said"
  else
    echo "ok: $template"
  fi
done < <(find infra -name '*.bicep' | sort)

[ "$failed" = 0 ] || { echo "infra/ has findings" >&2; exit 1; }
