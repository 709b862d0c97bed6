// Access to the Azure Managed Redis for the services' managed identities, with Entra ID: the database has no access keys.

@description('Azure region of the resource group; every template is given one.')
#disable-next-line no-unused-params
param location string = resourceGroup().location

@description('The Azure Managed Redis.')
param redisName string

@description('Object id of CallControl\'s managed identity.')
param callControlPrincipalId string

@description('Object id of the gateways\' managed identity.')
param gatewayPrincipalId string

@description('Object id of the dashboard\'s managed identity.')
param dashboardPrincipalId string

resource redis 'Microsoft.Cache/redisEnterprise@2025-07-01' existing = {
  name: redisName

  resource database 'databases' existing = {
    name: 'default'
  }
}

// One after the other: a database takes one change at a time. 'default' is the only policy there is; it allows all commands.
@batchSize(1)
resource access 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = [
  for principalId in [callControlPrincipalId, gatewayPrincipalId, dashboardPrincipalId]: {
    parent: redis::database
    name: guid(redis::database.id, principalId, 'default')
    properties: {
      accessPolicyName: 'default'
      user: {
        objectId: principalId
      }
    }
  }
]

@description('The directory of this subscription, whose users may sign in to the dashboard: `AzureAd:TenantId`.')
output tenantId string = tenant().tenantId
