#!/usr/bin/env bash
# Floods the published gateway over one connection, in each way there is, while ten callers measure how long their audio takes to Voice Live and back.
# Prints that delay for each flood; exit code 1 when a caller lost something or waited longer than LIMIT_MS (500). Loopback only, two minutes.
# usage: eng/abuse.sh [folder for the published files and logs]
set -euo pipefail
cd "$(dirname "$0")/.."
command -v redis-server >/dev/null || { echo "redis-server is needed (apt-get install redis-server)" >&2; exit 2; }

limit=${LIMIT_MS:-500}
out=${1:-$(mktemp -d)}
mkdir -p "$out"
out=$(cd "$out" && pwd)
pids=()

finish() {
  local code=$?
  for pid in "${pids[@]}"; do
    kill -TERM "$pid" 2>/dev/null || true
  done
  wait
  [ "$code" -eq 0 ] || tail -n 25 "$out"/{MediaGateway,CallControl,Simulator}.log >&2
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

# until_true "what" seconds command...: the command succeeds before the time is over.
until_true() {
  local what=$1 end=$((SECONDS + $2))
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || { echo "not in time: $what" >&2; return 1; }
    sleep 0.2
  done
}

says() { curl --silent --fail --max-time 5 "$1" 2>/dev/null | grep -qE "$2"; }

for project in VoiceBridge.CallControl VoiceBridge.MediaGateway VoiceBridge.Simulator bench/VoiceBridge.RelayBench; do
  dotnet publish "$project" --configuration Release --output "$out/${project##*.}" --nologo --verbosity quiet -p:IsPublishable=true
done

redis=$(free_port) simulator=$(free_port) gateway=$(free_port) control=$(free_port)
key() { head -c 33 /dev/urandom | base64; }
cluster_key=$(key)
eventgrid_key=$(key | tr '+/' 'ab')
voicelive_key=$(key)
acs_key=$(key)
resource_id=5a1b0c7e-0b51-4d3f-9a52-6d5b8a3c1f00
openid=http://127.0.0.1:$simulator/calling/.well-known/acsopenidconfiguration
origin=http://127.0.0.1

# run NAME NAME=value...: starts a published service with these variables and no others that concern it.
run() {
  local service=$1
  shift
  (
    cd "$out/$service"
    exec env ASPNETCORE_ENVIRONMENT=Development Logging__LogLevel__Default=Warning "$@" dotnet "VoiceBridge.$service.dll" >"$out/$service.log" 2>&1
  ) &
  pids=("$!" "${pids[@]}")
}

redis-server --port "$redis" --bind 127.0.0.1 --save '' --appendonly no >"$out/redis.log" 2>&1 &
pids=("$!")
run MediaGateway "ASPNETCORE_URLS=http://127.0.0.1:$gateway" "ConnectionStrings__redis=127.0.0.1:$redis" "Cluster__Keys__0=$cluster_key" \
  "CallControl__Url=http://127.0.0.1:$control" "Acs__ResourceId=$resource_id" "Acs__OpenIdConfiguration=$openid" "Web__AllowedOrigins__0=$origin" \
  VoiceLive__Endpoints__0__Name=simulated "VoiceLive__Endpoints__0__Url=http://127.0.0.1:$simulator" \
  VoiceLive__Endpoints__0__Model=gpt-realtime "VoiceLive__Endpoints__0__Key=$voicelive_key" VoiceLive__Endpoints__0__ConnectionsPerMinute=6000
run CallControl "ASPNETCORE_URLS=http://127.0.0.1:$control" "ConnectionStrings__redis=127.0.0.1:$redis" "Cluster__Keys__0=$cluster_key" \
  "CallControl__PublicUrl=http://127.0.0.1:$control" "Media__PublicUrl=ws://127.0.0.1:$gateway" \
  "Acs__ConnectionString=endpoint=http://127.0.0.1:$simulator/;accesskey=$acs_key" "Acs__ResourceId=$resource_id" "Acs__OpenIdConfiguration=$openid" \
  "EventGrid__Keys__0=$eventgrid_key" EventGrid__SubscriptionName=voicebridge-incoming
until_true "CallControl sees the gateway's capacity" 60 says "http://127.0.0.1:$control/health" '"max_connections": *[1-9]'
run Simulator "Simulator__Port=$simulator" "Simulator__Webhook=http://127.0.0.1:$control/acs/incomingcall?code=$eventgrid_key" \
  Simulator__SubscriptionName=voicebridge-incoming "Simulator__ResourceId=$resource_id" "Simulator__AccessKey=$acs_key" "Simulator__VoiceLiveKey=$voicelive_key" \
  Simulator__VoiceLive__Echo=true
until_true "the simulator passed Event Grid's handshake" 60 grep -q Subscribed "$out/Simulator.log"

figure() { grep -oE "\"$2\": *[-0-9.]+" <<<"$1" | head -1 | grep -oE '[-0-9.]+$'; }

failed=0
printf '%-12s %8s %8s %8s %6s   %s\n' flood 'p50 ms' 'p99 ms' 'max ms' lost 'the flooder'
for kind in none fragments pings messages probes uploads upgrades; do
  curl --silent --fail --max-time 60 --header 'Content-Type: application/json' --data '{"calls":10,"rate":20,"seconds":12,"script":"measure"}' \
    "http://127.0.0.1:$simulator/simulator/load" >"$out/report.json" &
  load=$!
  # Until all callers are on the line.
  sleep 3
  said=
  [ "$kind" = none ] || said=$(Cluster__Keys__0=$cluster_key dotnet "$out/RelayBench/VoiceBridge.RelayBench.dll" flood --address "http://127.0.0.1:$gateway" --kind "$kind" --origin "$origin" --seconds 7)
  wait "$load"
  report=$(tr -d '\n' <"$out/report.json")
  trips=$(grep -oE '"roundTrip": *\{[^}]*\}' <<<"$report")
  lost=$(($(figure "$report" framesLost) + $(figure "$report" framesForeign) + $(figure "$report" lost)))
  max=$(figure "$trips" max)
  printf '%-12s %8s %8s %8s %6s   %s\n' "$kind" "$(figure "$trips" p50)" "$(figure "$trips" p99)" "$max" "$lost" "$said"
  if [ "$lost" -ne 0 ] || [ "${max%.*}" -gt "$limit" ]; then failed=1; fi
done
exit "$failed"
