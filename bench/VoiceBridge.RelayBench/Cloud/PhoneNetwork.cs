using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace VoiceBridge.RelayBench.Cloud;

/// <summary>
/// As much of Event Grid and ACS as it takes to set calls up: IncomingCall events, answers, and callbacks with tokens. The media sockets are the generator's.
/// </summary>
internal sealed class PhoneNetwork(string token)
{
    private const string OwnWebhook = "/phone/own-webhook";
    private const int WarmUpCalls = 300;
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(2);
    private static readonly string[] Callbacks = ["CallConnected", "ParticipantsUpdated", "MediaStreamingStarted"];
    private static readonly HttpClient Http = new();
    private readonly ConcurrentDictionary<string, RingingCall> _ringing = new();

    public void Map(WebApplication app)
    {
        app.MapGet("/phone/ring", RingAsync);
        app.MapPost(OwnWebhook, AnswerOwnAsync);
        app.MapPost("/calling/callConnections:answer", AnswerAsync);
        app.MapGet("/calling/callConnections/{id}", (string id) => Results.Json(new { callConnectionId = id, callConnectionState = "connected" }));
        app.MapDelete("/calling/callConnections/{id}", () => Results.NoContent());
    }

    /// <summary>Compiles what setting calls up takes, so that nothing of this process is cold beside a server that is: calls that it answers itself.</summary>
    public async Task WarmUpAsync(Uri self)
    {
        var answers = Channel.CreateUnbounded<AnsweredCall>();
        await RaiseAsync(new Uri(self, OwnWebhook), WarmUpCalls, WarmUpTime, answers.Writer, CancellationToken.None);
        for (var answered = 0; answered < WarmUpCalls; answered++) await answers.Reader.ReadAsync();
    }

    private sealed record RingingCall(int Number, long RangAt, string CorrelationId, ChannelWriter<AnsweredCall> Answers);

    private async Task RingAsync(HttpContext http, Uri webhook, int calls, int milliseconds)
    {
        var answers = Channel.CreateUnbounded<AnsweredCall>();
        _ = RaiseAsync(webhook, calls, TimeSpan.FromMilliseconds(milliseconds), answers.Writer, http.RequestAborted);
        await http.Response.StartAsync();
        for (var answered = 0; answered < calls; answered++)
        {
            var call = await answers.Reader.ReadAsync(http.RequestAborted);
            await http.Response.WriteAsync(call + "\n");
            await http.Response.Body.FlushAsync();
        }
    }

    private async Task RaiseAsync(Uri webhook, int calls, TimeSpan within, ChannelWriter<AnsweredCall> answers, CancellationToken stopping)
    {
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; number < calls; number++)
        {
            var wait = within / calls * number - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, stopping);
            var (context, correlationId) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString());
            _ringing[context] = new RingingCall(number, Stopwatch.GetTimestamp(), correlationId, answers);
            _ = PostAsync(webhook, IncomingCall(context, correlationId), bearer: null);
        }
    }

    private static async Task AnswerOwnAsync(HttpRequest request)
    {
        using var events = await JsonDocument.ParseAsync(request.Body);
        var context = events.RootElement[0].GetProperty("data").GetProperty("incomingCallContext").GetString();
        var self = $"http://{request.Host}";
        await PostAsync(new Uri(self + "/calling/callConnections:answer"), $$"""
            {"incomingCallContext":"{{context}}","callbackUri":"{{self}}/telemetry","mediaStreamingOptions":{"transportUrl":"ws://{{request.Host}}/"} }
            """, bearer: null);
    }

    private async Task<IResult> AnswerAsync(HttpRequest request)
    {
        using var body = await JsonDocument.ParseAsync(request.Body);
        var answer = body.RootElement;
        if (!_ringing.TryRemove(answer.GetProperty("incomingCallContext").GetString()!, out var call)) return Results.NotFound();
        var took = Stopwatch.GetElapsedTime(call.RangAt).TotalMilliseconds;
        var connectionId = Guid.NewGuid().ToString();
        var media = new Uri(answer.GetProperty("mediaStreamingOptions").GetProperty("transportUrl").GetString()!);
        var callbacks = answer.GetProperty("callbackUri").GetString()!;
        call.Answers.TryWrite(new AnsweredCall(call.Number, took, media, connectionId, call.CorrelationId, token));
        foreach (var type in Callbacks) _ = PostAsync(new Uri(callbacks), Callback(type, connectionId, call.CorrelationId), token);
        return Results.Json(new
        {
            callConnectionId = connectionId, serverCallId = "bench", correlationId = call.CorrelationId, callConnectionState = "connecting", callbackUri = callbacks,
        });
    }

    private static async Task PostAsync(Uri to, string json, string? bearer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        try
        {
            using var response = await Http.SendAsync(request);
            if (!response.IsSuccessStatusCode) await Console.Error.WriteLineAsync($"  {to.AbsolutePath}: status {(int)response.StatusCode}");
        }
        catch (HttpRequestException exception)
        {
            await Console.Error.WriteLineAsync($"  {to.AbsolutePath}: {exception.Message}");
        }
    }

    private static string IncomingCall(string context, string correlationId) => $$"""
        [{"id":"{{Guid.NewGuid()}}","topic":"/subscriptions/bench","subject":"/caller/4:+14255550100/recipient/4:+14255550199","eventType":"Microsoft.Communication.IncomingCall",
        "dataVersion":"1.0","metadataVersion":"1","eventTime":"{{DateTime.UtcNow:O}}","data":{"to":{"kind":"phoneNumber","rawId":"4:+14255550199","phoneNumber":{"value":"+14255550199"} },
        "from":{"kind":"phoneNumber","rawId":"4:+14255550100","phoneNumber":{"value":"+14255550100"} },"serverCallId":"bench","callerDisplayName":"",
        "incomingCallContext":"{{context}}","correlationId":"{{correlationId}}"} }]
        """;

    private static string Callback(string type, string connectionId, string correlationId) => $$"""
        [{"id":"{{Guid.NewGuid()}}","source":"calling/callConnections/{{connectionId}}","type":"Microsoft.Communication.{{type}}","time":"{{DateTime.UtcNow:O}}","specversion":"1.0",
        "datacontenttype":"application/json","subject":"calling/callConnections/{{connectionId}}","data":{"callConnectionId":"{{connectionId}}","serverCallId":"bench","correlationId":"{{correlationId}}",
        "version":"2026-03-12","publicEventType":"Microsoft.Communication.{{type}}","resultInformation":{"code":200,"subCode":0,"message":""},"participants":[],"sequenceNumber":1,
        "mediaStreamingUpdate":{"contentType":"Audio","mediaStreamingStatus":"mediaStreamingStarted","mediaStreamingStatusDetails":"subscriptionStarted"} } }]
        """;
}
