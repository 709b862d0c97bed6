// Alerts and a workbook on the metrics that VoiceBridge sends to an Application Insights (APPLICATIONINSIGHTS_CONNECTION_STRING).
// Application Insights keeps count, sum, least and greatest of a histogram, no percentiles: rules on latencies go by averages.
// az deployment group create --resource-group <group> --template-file infra/monitoring/alerts.bicep --parameters applicationInsights=<name> actionGroup=<id>

@description('The Application Insights that the services report to, in this resource group.')
param applicationInsights string

@description('Resource id of the action group that is told; empty: alerts are only shown in the portal.')
param actionGroup string = ''

param location string = resourceGroup().location

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsights
}

// Severity 1 wakes somebody, 2 is looked at today, 3 is looked at some day. Each query yields one column named value.
var rules = [
  {
    name: 'calls-cut-off'
    severity: 1
    description: 'Calls ended in the middle of the conversation: media or agent lost, or a gateway that left and nobody could take over.'
    query: 'customMetrics | where name == "voicebridge.calls" and tostring(customDimensions.outcome) == "ended" and tostring(customDimensions.reason) in ("media_lost", "agent_lost", "no_agent", "drained", "error") | summarize value = sum(valueSum)'
    above: 0
  }
  {
    name: 'callers-hear-busy'
    severity: 2
    description: 'Calls were rejected: no slot became free while they rang.'
    query: 'customMetrics | where name == "voicebridge.calls" and tostring(customDimensions.outcome) == "rejected" | summarize value = sum(valueSum)'
    above: 0
  }
  {
    name: 'callers-wait'
    severity: 3
    description: 'Callers hear ringing for more than five seconds, on average: scale out, or raise the Voice Live quota.'
    query: 'customMetrics | where name == "voicebridge.admission.wait" | summarize value = sum(valueSum) / sum(valueCount)'
    above: 5
  }
  {
    name: 'agent-begins-late'
    severity: 2
    description: 'The agent is first heard more than two seconds after the call was answered, on average.'
    query: 'customMetrics | where name == "voicebridge.agent.first_audio" | summarize value = sum(valueSum) / sum(valueCount)'
    above: 2
  }
  {
    name: 'agent-answers-late'
    severity: 2
    description: 'Answers begin more than 2 seconds after the last word of the caller, on average: callers start to talk over the agent.'
    query: 'customMetrics | where name == "voicebridge.turn.latency" | summarize value = sum(valueSum) / sum(valueCount)'
    above: 2
  }
  {
    name: 'responses-go-wrong'
    severity: 2
    description: 'The model fails, refuses or withholds answers.'
    query: 'customMetrics | where name == "voicebridge.responses" | summarize value = sum(valueSum)'
    above: 5
  }
  {
    name: 'audio-dropped'
    severity: 2
    description: 'Audio was thrown away because a peer lagged.'
    query: 'customMetrics | where name == "voicebridge.frames.dropped" | summarize value = sum(valueSum)'
    above: 0
  }
  {
    name: 'gateway-short-of-cpu'
    severity: 2
    description: 'Interruptions or audio wait in a gateway, on average more than 5 or 20 ms.'
    query: 'customMetrics | where name in ("voicebridge.barge_in.latency", "voicebridge.socket_thread.delay") | summarize average = sum(valueSum) / sum(valueCount) by name | summarize value = max(iff(name == "voicebridge.barge_in.latency", average / 0.005, average / 0.02))'
    above: 1
  }
  {
    name: 'strangers-knock'
    severity: 3
    description: 'Requests without a credential that matches: somebody knocks, or a key or a clock is wrong. The log says which.'
    query: 'customMetrics | where name == "voicebridge.refusals" | summarize value = sum(valueSum)'
    above: 100
  }
  {
    name: 'redis-sign-in-fails'
    severity: 1
    description: 'No new token for Redis: it is lost when the current one ends.'
    query: 'customMetrics | where name in ("voicebridge.redis.tokens", "voicebridge.redis.authentications") and tostring(customDimensions.outcome) == "failed" | summarize value = sum(valueSum)'
    above: 0
  }
  {
    name: 'connections-rejected'
    severity: 2
    description: 'More connections than Limits:Connections: callers may not get through.'
    query: 'customMetrics | where name == "kestrel.rejected_connections" | summarize value = sum(valueSum)'
    above: 0
  }
]

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'voicebridge-${rule.name}'
  location: location
  properties: {
    displayName: 'VoiceBridge: ${rule.name}'
    description: rule.description
    severity: rule.severity
    enabled: true
    scopes: [insights.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: rule.query
          metricMeasureColumn: 'value'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: rule.above
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: empty(actionGroup) ? [] : [actionGroup] }
  }
}]

resource workbook 'Microsoft.Insights/workbooks@2022-04-01' = {
  name: guid(resourceGroup().id, 'voicebridge')
  location: location
  kind: 'shared'
  properties: {
    displayName: 'VoiceBridge'
    category: 'workbook'
    sourceId: insights.id
    serializedData: loadTextContent('workbook.json')
  }
}
