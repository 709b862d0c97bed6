// The history: a PostgreSQL flexible server that takes tokens of Entra ID only. CallControl and the dashboard are its administrators: only
// these can be made without running SQL.

@description('Azure region of the resource group.')
param location string = resourceGroup().location

@description('Object id of CallControl\'s managed identity.')
param callControlPrincipalId string

@description('Object id of the dashboard\'s managed identity.')
param dashboardPrincipalId string

@description('Tags of everything made here.')
param tags object = {}

var name = 'history-${uniqueString(resourceGroup().id)}'

// What PostgreSQL knows them as.
var callControlName = 'voicebridge-callcontrol'
var dashboardName = 'voicebridge-dashboard'

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: 'Standard_B1ms'
    tier: 'Burstable'
  }
  properties: {
    version: '16'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: subscription().tenantId
    }
    storage: {
      storageSizeGB: 32
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: 7
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: 'Disabled'
    }
  }

  resource database 'databases' = {
    name: 'voicebridge'
  }

  // Container Apps without a network of their own come from changing addresses of Azure.
  resource azure 'firewallRules' = {
    name: 'azure'
    properties: {
      startIpAddress: '0.0.0.0'
      endIpAddress: '0.0.0.0'
    }
  }
}

// One after the other: a server takes one change at a time.
@batchSize(1)
resource administrators 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = [
  for user in [
    { id: callControlPrincipalId, name: callControlName }
    { id: dashboardPrincipalId, name: dashboardName }
  ]: {
    parent: server
    name: user.id
    properties: {
      principalName: user.name
      principalType: 'ServicePrincipal'
      tenantId: subscription().tenantId
    }
    dependsOn: [server::database, server::azure]
  }
]

@description('Host name of the server.')
output host string = server.properties.fullyQualifiedDomainName

@description('The database.')
output database string = server::database.name

@description('What CallControl signs in as.')
output callControlUser string = callControlName

@description('What the dashboard signs in as.')
output dashboardUser string = dashboardName
