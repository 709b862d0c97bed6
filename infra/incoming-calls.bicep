// Event Grid tells CallControl that a call is ringing. Applied after deployment (infra/hooks/postdeploy.sh): Event Grid validates
// the webhook when the subscription is made, so CallControl must already answer.

@description('The Communication Services resource whose calls are answered; it lies in this resource group.')
param acsName string

@description('System topic of that resource. There can be only one: give the name of one that is there already.')
param topicName string = '${acsName}-events'

@description('Name of the subscription: `EventGrid:SubscriptionName`.')
param subscriptionName string = 'voicebridge-incoming'

@description('CallControl\'s webhook with one of `EventGrid:Keys` in its query: https://.../acs/incomingcall?code=...')
@secure()
param webhook string

@description('With Entra ID protection: the tenant, and the application whose token Event Grid sends with every event. Empty: the code alone.')
param entraTenantId string = ''

@description('See entraTenantId.')
param entraApplication string = ''

resource acs 'Microsoft.Communication/communicationServices@2025-05-01' existing = {
  name: acsName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: topicName
  location: 'global'
  properties: {
    source: acs.id
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

resource incomingCalls 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: subscriptionName
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: webhook
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
        azureActiveDirectoryTenantId: empty(entraTenantId) ? null : entraTenantId
        azureActiveDirectoryApplicationIdOrUri: empty(entraApplication) ? null : entraApplication
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Communication.IncomingCall'
      ]
    }
    // A call rings for 30 s: an event that comes a minute late is of no use to anybody.
    retryPolicy: {
      maxDeliveryAttempts: 2
      eventTimeToLiveInMinutes: 1
    }
  }
}

@description('Name of the subscription.')
output subscription string = incomingCalls.name
