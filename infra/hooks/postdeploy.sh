#!/usr/bin/env sh
# Runs after `azd deploy`: tells Event Grid to deliver ringing calls to CallControl. It cannot be part of the provisioning, because
# Event Grid validates the webhook when the subscription is made, and before the deployment nobody answers there.
# Set with `azd env set`, all optional:
#   ACS_NAME             the Communication Services resource, when the resource group holds several
#   EVENTGRID_TENANT_ID, EVENTGRID_APPLICATION   Entra ID protection beside the key (docs/deploy.md)
set -eu

cd "$(dirname "$0")/.."
# azd names the resource group of an Aspire application after its environment, unless it is told otherwise.
group=${AZURE_RESOURCE_GROUP:-rg-${AZURE_ENV_NAME:?azd sets it: run this as a hook, or export AZURE_RESOURCE_GROUP}}
command -v az >/dev/null || { echo "the Azure CLI (az) is needed, signed in: az login" >&2; exit 1; }
if [ -n "${AZURE_SUBSCRIPTION_ID:-}" ]; then az account set --subscription "$AZURE_SUBSCRIPTION_ID"; fi

# Event Grid tells CallControl of calls that ring at a Communication Services resource.
subscribe() {
  acs=${ACS_NAME:-$(az resource list --resource-group "$group" --resource-type Microsoft.Communication/communicationServices \
    --query '[].name' --output tsv)}
  case "$acs" in
    '') echo "no Communication Services resource in $group" >&2; exit 1 ;;
    *[[:space:]]*) echo "several Communication Services resources in $group; choose one: azd env set ACS_NAME <name>" >&2; exit 1 ;;
  esac

  key=$(az containerapp secret show --resource-group "$group" --name callcontrol --secret-name eventgrid--keys--0 --query value --output tsv)

  # CallControl must answer before Event Grid asks it. Its first start after a deployment takes a while.
  tries=60
  until curl --silent --fail --max-time 5 --output /dev/null "https://$host/alive"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "https://$host/alive does not answer" >&2; exit 1; }
    sleep 5
  done

  # A resource has one system topic: use the one that is there.
  source=$(az resource show --resource-group "$group" --name "$acs" --resource-type Microsoft.Communication/communicationServices \
    --query id --output tsv)
  topic=$(az eventgrid system-topic list --resource-group "$group" --query '[].[name, source]' --output tsv |
    awk -F '\t' -v source="$source" 'tolower($2) == tolower(source) { print $1; exit }')

  # The parameters go through a file, so that the key is in no process list.
  parameters=$(mktemp)
  trap 'rm -f "$parameters"' EXIT
  chmod 600 "$parameters"
  cat > "$parameters" <<JSON
{
  "\$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "acsName": { "value": "$acs" },
    "topicName": { "value": "${topic:-$acs-events}" },
    "webhook": { "value": "https://$host/acs/incomingcall?code=$key" },
    "entraTenantId": { "value": "${EVENTGRID_TENANT_ID:-}" },
    "entraApplication": { "value": "${EVENTGRID_APPLICATION:-}" }
  }
}
JSON
  az deployment group create --resource-group "$group" --name voicebridge-incoming-calls \
    --template-file incoming-calls.bicep --parameters "@$parameters" --output none
  echo "Calls to numbers of $acs ring at https://$host."
}

host=$(az containerapp show --resource-group "$group" --name callcontrol --query properties.configuration.ingress.fqdn --output tsv)
# None is used where Twilio stands in its place.
if [ "$(az containerapp show --resource-group "$group" --name callcontrol \
  --query "length(properties.template.containers[0].env[?name=='Acs__ResourceId'])" --output tsv)" != 0 ]; then subscribe; fi

# People who sign in to the dashboard come back to it: its address is known only now.
app=$(az containerapp show --resource-group "$group" --name dashboard \
  --query "properties.template.containers[0].env[?name=='AzureAd__ClientId'].value | [0]" --output tsv)
dashboard=$(az containerapp show --resource-group "$group" --name dashboard --query properties.configuration.ingress.fqdn --output tsv)
if az ad app update --id "$app" --web-redirect-uris "https://$dashboard/signin-oidc"; then
  echo "Dashboard: https://$dashboard"
else
  echo "Not allowed to change the application $app: give it the redirect URI https://$dashboard/signin-oidc by hand." >&2
fi
