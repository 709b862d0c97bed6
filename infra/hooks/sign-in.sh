#!/usr/bin/env sh
# Makes the Entra ID application with which people sign in to the dashboard, with its two roles, and gives you the role of an operator.
# Once per deployment, before `azd up`, which asks for the client id that this prints. Needs the Azure CLI, signed in, and the right to
# register applications. usage: infra/hooks/sign-in.sh [name]
set -eu
name=${1:-VoiceBridge dashboard}

roles=$(mktemp)
trap 'rm -f "$roles"' EXIT
cat > "$roles" <<'JSON'
[
  {
    "id": "6f0f6c1e-3f2b-4f0c-9a57-0c6f4a9d2b11", "isEnabled": true, "allowedMemberTypes": ["User"],
    "displayName": "Reader", "value": "VoiceBridge.Reader", "description": "Sees the cluster and its calls."
  },
  {
    "id": "b1c5b0a4-7f5e-4a39-8a5f-5d8b3f1f7e22", "isEnabled": true, "allowedMemberTypes": ["User"],
    "displayName": "Operator", "value": "VoiceBridge.Operator", "description": "Also drains gateways, ends and transfers calls, reads transcripts."
  }
]
JSON

# ID tokens suffice: the dashboard calls nobody on a user's behalf, so there is no client secret to keep.
app=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --enable-id-token-issuance true \
  --app-roles "@$roles" --query appId --output tsv)
principal=$(az ad sp create --id "$app" --query id --output tsv)
az ad sp update --id "$principal" --set appRoleAssignmentRequired=true
me=$(az ad signed-in-user show --query id --output tsv)
az rest --method POST --uri "https://graph.microsoft.com/v1.0/users/$me/appRoleAssignments" --output none --body \
  "{\"principalId\":\"$me\",\"resourceId\":\"$principal\",\"appRoleId\":\"b1c5b0a4-7f5e-4a39-8a5f-5d8b3f1f7e22\"}"

echo "entra-client-id: $app"
