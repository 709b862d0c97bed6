// The model side: one AI Services account that Voice Live runs in, and the gateways' right to use it with Entra ID.
// Each account allows 30 new Voice Live connections a minute by default, so VoiceBridge.Deploy adds this template several times.

@description('Azure region of the resource group.')
param location string = resourceGroup().location

@description('Azure region of the account; empty: that of the resource group. Voice Live is not in every region.')
param accountLocation string = ''

@description('Number of the account, from 0: part of its name.')
param index string = '0'

@description('Object id of the gateways\' managed identity.')
param gatewayPrincipalId string

@description('Tags of everything made here.')
param tags object = {}

var name = 'ai-${uniqueString(resourceGroup().id)}-${index}'

// The two roles that the Voice Live documentation names: Cognitive Services User, and Foundry User (formerly Azure AI User).
var roles = [
  'a97b65f3-24c7-4388-baec-2e87135dc908'
  '53ca6127-db72-4b80-b1b0-d745d6d5456d'
]

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: empty(accountLocation) ? location : accountLocation
  tags: tags
  kind: 'AIServices'
  sku: {
    name: 'S0'
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    allowProjectManagement: true
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

resource speaks 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    name: guid(account.id, gatewayPrincipalId, role)
    scope: account
    properties: {
      principalId: gatewayPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

@description('Name of the account, and of the endpoint on the dashboard.')
output name string = account.name

@description('Base URL of the account: `VoiceLive:Endpoints:n:Url`.')
output endpoint string = 'https://${name}.services.ai.azure.com'
