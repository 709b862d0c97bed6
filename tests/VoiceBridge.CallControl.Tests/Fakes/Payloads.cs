using System.Globalization;

namespace VoiceBridge.CallControl.Tests.Fakes;

/// <summary>Bodies as Event Grid and Call Automation send them.</summary>
internal static class Payloads
{
    private const string Caller = """{"kind":"phoneNumber","rawId":"4:+14255550100","phoneNumber":{"value":"+14255550100"}}""";
    private const string Called = """{"kind":"phoneNumber","rawId":"4:+14255550199","phoneNumber":{"value":"+14255550199"}}""";

    public static string IncomingCall(
        string correlationId, string context, DateTimeOffset? at = null, string? onBehalfOf = null, string? from = null, string? to = null) =>
        $$"""
        {"id":"{{Guid.NewGuid()}}","topic":"/subscriptions/s/resourceGroups/r/providers/Microsoft.Communication/communicationServices/a",
         "subject":"/caller/4:+14255550100/recipient/4:+14255550199",
         "data":{{Data(correlationId, context, onBehalfOf, from, to)}},
         "eventType":"Microsoft.Communication.IncomingCall","dataVersion":"1.0","metadataVersion":"1","eventTime":"{{Time(at)}}"}
        """;

    public static string CloudIncomingCall(string correlationId, string context, DateTimeOffset? at = null) =>
        $$"""
        {"specversion":"1.0","type":"Microsoft.Communication.IncomingCall","source":"/subscriptions/s","id":"{{Guid.NewGuid()}}",
         "time":"{{Time(at)}}","subject":"x","someextension":"y","data":{{Data(correlationId, context, null, null, null)}} }
        """;

    public static string Validation(string code) =>
        $$"""
        {"id":"1","topic":"/subscriptions/s","subject":"","data":{"validationCode":"{{code}}","validationUrl":"https://127.0.0.1:1/never"},
         "eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2026-10-04T04:23:35.1981776Z","metadataVersion":"1","dataVersion":"1"}
        """;

    public static string Callback(string type, string callConnectionId = "conn-1", string? id = null, string more = "") =>
        $$"""
        {"id":"{{id ?? Guid.NewGuid().ToString()}}","source":"calling/callConnections/{{callConnectionId}}","type":"Microsoft.Communication.{{type}}",
         "data":{"callConnectionId":"{{callConnectionId}}","serverCallId":"server","correlationId":"corr","operationContext":"x",
                 "newField":1{{more}},"resultInformation":{"code":200,"subCode":0,"message":"ok"} },
         "time":"{{Time(null)}}","specversion":"1.0","datacontenttype":"application/json","subject":"calling/callConnections/{{callConnectionId}}"}
        """;

    private static string Data(string correlationId, string context, string? onBehalfOf, string? from, string? to) =>
        $$"""
        {"to":{{to ?? Called}},"from":{{from ?? Caller}},"serverCallId":"server","callerDisplayName":"",
         "customContext":{"sipHeaders":{"User-To-User":"x"},"voipHeaders":null},"incomingCallContext":"{{context}}",
         {{(onBehalfOf is null ? "" : $$"""
         "onBehalfOfCallee":{"kind":"phoneNumber","rawId":"4:{{onBehalfOf}}","phoneNumber":{"value":"{{onBehalfOf}}"} },
         """)}}
         "correlationId":"{{correlationId}}"}
        """;

    private static string Time(DateTimeOffset? at) =>
        (at ?? DateTimeOffset.UtcNow).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
