// The phone side: an Azure Communication Services resource, and CallControl's right to answer its calls with Entra ID.
// One file, no modules: VoiceBridge.Deploy hands each template over alone.

@description('Azure region of the resource group. Communication Services itself is global; every template is given a location.')
#disable-next-line no-unused-params
param location string = resourceGroup().location

@description('A Communication Services resource of this resource group to use; empty: make one. Since 2026-10-23 only tenants that already have one may make more.')
param existingName string = ''

@description('Where call data rests. Cannot be changed afterwards.')
param dataLocation string = 'United States'

@description('Object id of CallControl\'s managed identity.')
param callControlPrincipalId string

@description('Tags of everything made here.')
param tags object = {}

// Call Automation has no narrower documented role that may answer calls with Entra ID. What it gives beyond that is said in SECURITY.md.
var contributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c')

resource created 'Microsoft.Communication/communicationServices@2025-05-01' = if (empty(existingName)) {
  name: take('acs-${uniqueString(resourceGroup().id)}', 63)
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    // CallControl signs in with its identity: the resource's access keys, which its role may list, open nothing.
    disableLocalAuth: true
  }
}

resource given 'Microsoft.Communication/communicationServices@2025-05-01' existing = if (!empty(existingName)) {
  name: existingName
}

resource answersCreated 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (empty(existingName)) {
  name: guid(created.id, callControlPrincipalId, contributor)
  scope: created
  properties: {
    principalId: callControlPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: contributor
  }
}

resource answersGiven 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(existingName)) {
  name: guid(given.id, callControlPrincipalId, contributor)
  scope: given
  properties: {
    principalId: callControlPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: contributor
  }
}

@description('Name of the resource, for the Event Grid subscription made after deployment.')
output name string = empty(existingName) ? created.name : given.name

@description('Endpoint of Call Automation: `Acs:Endpoint`.')
output endpoint string = 'https://${empty(existingName) ? created!.properties.hostName : given!.properties.hostName}'

@description('Audience of the tokens that ACS sends with callbacks and media sockets: `Acs:ResourceId`.')
output immutableResourceId string = empty(existingName) ? created!.properties.immutableResourceId : given!.properties.immutableResourceId
