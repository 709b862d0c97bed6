# Sourced by scripts that take a while: they say at once what they do, then every few seconds that they still do it, and how long it took last time
# (remembered in artifacts/took/).

# step NAME COMMAND...: runs the command, between its beginning and its end on stderr.
step() {
  local name=$1 memory last= began=$SECONDS beat code=0
  shift
  memory=artifacts/took/${name//[^A-Za-z0-9]/-}
  [ ! -f "$memory" ] || last=" (last time $(<"$memory") s)"
  echo "$name$last" >&2
  # Ends with this script, however that ends, and its sleep holds no pipe open.
  while sleep 8 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do echo "$name: $((SECONDS - began)) s so far$last" >&2; done &
  beat=$!
  "$@" || code=$?
  kill "$beat" 2>/dev/null
  wait "$beat" 2>/dev/null || true
  [ "$code" -eq 0 ] || return "$code"
  echo "$name: $((SECONDS - began)) s" >&2
  mkdir -p artifacts/took && echo "$((SECONDS - began))" >"$memory"
}

# quietly COMMAND...: what it says is shown only when it fails.
quietly() {
  local said
  said=$("$@" 2>&1) || { local code=$?; echo "$said" >&2; return "$code"; }
}

# build PROJECT [options]: restores and builds, a step each.
build() {
  step "Restoring packages" quietly dotnet restore "$1" --nologo --verbosity quiet
  step "Building ${1%.sln}" quietly dotnet build "$@" --no-restore --nologo --verbosity quiet -clp:NoSummary
}
