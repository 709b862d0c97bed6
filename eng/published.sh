#!/usr/bin/env bash
# The services as they are shipped: published, started as processes with nothing but environment variables, and a real redis-server;
# the simulator is Azure. A call rings, is answered, is seen in /stats and ends as it should. Loopback only.
# usage: eng/published.sh [folder for the published files and logs]
set -euo pipefail
cd "$(dirname "$0")/.."
command -v redis-server >/dev/null || { echo "redis-server is needed (apt-get install redis-server)" >&2; exit 2; }

out=${1:-$(mktemp -d)}
mkdir -p "$out"
out=$(cd "$out" && pwd)
pids=()

stop() {
  # Callers first, Redis last; each by the id that it was started with.
  for pid in "${pids[@]}"; do
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 300); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
  done
  pids=()
}

finish() {
  local code=$?
  stop
  if [ "$code" -ne 0 ]; then
    for log in "$out"/*.log; do
      echo "--- $log"
      tail -n 25 "$log"
    done >&2
  fi
  exit "$code"
}
trap finish EXIT

free_port() {
  local port
  while :; do
    # Below the range that the system gives to outgoing connections.
    port=$((15000 + RANDOM % 15000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# until "what" seconds command...: the command succeeds before the time is over.
until_true() {
  local what=$1 end=$((SECONDS + $2))
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || { echo "not in time: $what" >&2; return 1; }
    sleep 0.2
  done
  echo "ok: $what"
}

get() { curl --silent --fail --max-time 5 "$@"; }
says() { get "$1" 2>/dev/null | grep -qE "$2"; }

# The analysers have their say in the build for the tests.
for service in CallControl MediaGateway Dashboard Simulator; do
  dotnet publish "VoiceBridge.$service" --configuration Release --output "$out/$service" --nologo --verbosity quiet -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false
done

redis=$(free_port) simulator=$(free_port) gateway=$(free_port) control=$(free_port) dashboard=$(free_port)
key() { head -c 33 /dev/urandom | base64; }
cluster_key=$(key)
eventgrid_key=$(key | tr '+/' 'ab')
voicelive_key=$(key)
acs_key=$(key)
resource_id=5a1b0c7e-0b51-4d3f-9a52-6d5b8a3c1f00
openid=http://127.0.0.1:$simulator/calling/.well-known/acsopenidconfiguration

# run NAME NAME=value...: starts a published service with these variables and no others that concern it.
run() {
  local service=$1
  shift
  (
    cd "$out/$service"
    exec env ASPNETCORE_ENVIRONMENT=Development DOTNET_gcServer=0 "$@" dotnet "VoiceBridge.$service.dll" >"$out/$service.log" 2>&1
  ) &
  pids=("$!" "${pids[@]}")
}

redis-server --port "$redis" --bind 127.0.0.1 --save '' --appendonly no >"$out/redis.log" 2>&1 &
pids=("$!")

run MediaGateway "ASPNETCORE_URLS=http://127.0.0.1:$gateway" "ConnectionStrings__redis=127.0.0.1:$redis" "Cluster__Keys__0=$cluster_key" \
  "CallControl__Url=http://127.0.0.1:$control" "Acs__ResourceId=$resource_id" "Acs__OpenIdConfiguration=$openid" \
  VoiceLive__Endpoints__0__Name=simulated "VoiceLive__Endpoints__0__Url=http://127.0.0.1:$simulator" \
  VoiceLive__Endpoints__0__Model=gpt-realtime "VoiceLive__Endpoints__0__Key=$voicelive_key" "Web__AllowedOrigins__0=http://127.0.0.1:$dashboard"
run CallControl "ASPNETCORE_URLS=http://127.0.0.1:$control" "ConnectionStrings__redis=127.0.0.1:$redis" "Cluster__Keys__0=$cluster_key" \
  "CallControl__PublicUrl=http://127.0.0.1:$control" "Media__PublicUrl=ws://127.0.0.1:$gateway" \
  "Acs__ConnectionString=endpoint=http://127.0.0.1:$simulator/;accesskey=$acs_key" "Acs__ResourceId=$resource_id" "Acs__OpenIdConfiguration=$openid" \
  "EventGrid__Keys__0=$eventgrid_key" EventGrid__SubscriptionName=voicebridge-incoming
run Dashboard "ASPNETCORE_URLS=http://127.0.0.1:$dashboard" "ConnectionStrings__redis=127.0.0.1:$redis" "Cluster__Keys__0=$cluster_key" \
  "CallControl__Url=http://127.0.0.1:$control" "Media__PublicUrl=ws://127.0.0.1:$gateway"

until_true "CallControl sees the gateway's capacity" 60 says "http://127.0.0.1:$control/health" '"max_connections": *[1-9]'
until_true "the gateway is ready" 60 says "http://127.0.0.1:$gateway/ready" ready
until_true "the dashboard is alive" 60 says "http://127.0.0.1:$dashboard/alive" Healthy

run Simulator "Simulator__Port=$simulator" "Simulator__Webhook=http://127.0.0.1:$control/acs/incomingcall?code=$eventgrid_key" \
  Simulator__SubscriptionName=voicebridge-incoming "Simulator__ResourceId=$resource_id" "Simulator__AccessKey=$acs_key" "Simulator__VoiceLiveKey=$voicelive_key"
until_true "the simulator passed Event Grid's handshake" 60 grep -q Subscribed "$out/Simulator.log"

get --output /dev/null --header 'Content-Type: application/json' --data '{"count":1,"from":"+14255550123","seconds":10}' "http://127.0.0.1:$simulator/simulator/calls"
until_true "the call is answered and in /stats" 30 says "http://127.0.0.1:$control/stats" '"acs": *1'
until_true "the gateway's own /stats has it" 10 says "http://127.0.0.1:$gateway/stats" '"status": *"connected"'
until_true "the dashboard shows the call" 30 says "http://127.0.0.1:$dashboard/calls" ">Live 1<"
until_true "the caller hears the agent" 30 says "http://127.0.0.1:$simulator/simulator/calls" '"framesHeard": *[1-9]'
until_true "the call ended" 60 says "http://127.0.0.1:$simulator/simulator/calls" '"state": *"Ended"'
until_true "nothing is left of it" 30 says "http://127.0.0.1:$control/stats" '"active_connections": *0'
says "http://127.0.0.1:$simulator/simulator/calls" '"framesLost": *0,"framesForeign": *0' || { echo "frames were lost or somebody else's" >&2; exit 1; }
if grep -hE '^(fail|crit): ' "$out"/{CallControl,MediaGateway,Dashboard}.log; then
  echo "errors in the logs" >&2
  exit 1
fi

stop
echo "The published services answered a call."
