using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;
using VoiceBridge.CallControl.EndedCalls.Webhooks;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Storage;
using VoiceBridge.History.Webhooks;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.CallControl.Tests.EndedCalls.Webhooks;

public sealed class CallEndedEventTests
{
    private const string OldSecret = "whsec_b2xkIGtleSBvZiB0aGUgcmVjZWl2ZXIncyB0ZXN0cw==";
    private const string NewSecret = "whsec_bmV3IGtleSBvZiB0aGUgcmVjZWl2ZXIncyB0ZXN0cw==";

    private static readonly DateTimeOffset Rang = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Event_IsACloudEvent_WithTheCallsRecord()
    {
        var (body, headers) = await WriteAsync(new WebhookReceiver { Secrets = { NewSecret } });

        Assert.Equal("application/cloudevents+json; charset=utf-8", headers["Content-Type"].ToString());
        var webhook = JsonElement.Parse(body);
        string Text(string name) => webhook.GetProperty(name).GetString()!;
        Assert.Equal(("1.0", "voicebridge.call.ended.v1", "urn:voicebridge:berlin", "call-1", "call_ended_call-1", "application/json"),
            (Text("specversion"), Text("type"), Text("source"), Text("subject"), Text("id"), Text("datacontenttype")));
        Assert.Equal(Rang.AddSeconds(61), webhook.GetProperty("time").GetDateTimeOffset());
        Assert.Equal(headers["webhook-id"].ToString(), Text("id"));
        var call = webhook.GetProperty("data");
        Assert.Equal(("call-1", "********0123", "caller_hung_up", 60_000, 750, 0.0123m),
            (call.GetProperty("callId").GetString(), call.GetProperty("caller").GetString(), call.GetProperty("endReason").GetString(), call.GetProperty("durationMs").GetInt64(),
                call.GetProperty("turnLatencyMs").GetDouble(), call.GetProperty("cost").GetDecimal()));
        Assert.False(call.TryGetProperty("transcript", out _));
        Assert.False(call.TryGetProperty("answeredAt", out _));
    }

    [Fact]
    public async Task EachSecret_Signs_SoThatReceiversOfEitherTakeIt()
    {
        var (body, headers) = await WriteAsync(new WebhookReceiver { Secrets = { OldSecret, NewSecret } });
        var signatures = headers["webhook-signature"].ToString().Split(' ');

        Assert.Equal(2, signatures.Length);
        Verify(OldSecret, body, headers, signatures[0]);
        Verify(NewSecret, body, headers, signatures[1]);
        Assert.Throws<WebhookVerificationException>(() => Verify(OldSecret, body, headers, signatures[1]));
        Assert.Throws<WebhookVerificationException>(() => Verify(OldSecret, body + " ", headers, signatures[0]));
    }

    [Fact]
    public async Task WhatWasSaidAndWhoCalled_IsInItAsTheReceiverHasIt()
    {
        var (body, _) = await WriteAsync(new WebhookReceiver { Secrets = { NewSecret }, Turns = true, Numbers = false });

        var call = JsonElement.Parse(body).GetProperty("data");
        Assert.Equal(("", ""), (call.GetProperty("caller").GetString(), call.GetProperty("dialled").GetString()));
        Assert.Equal(("caller", "Grüße 👋"), (call.GetProperty("transcript")[0].GetProperty("speaker").GetString(), call.GetProperty("transcript")[0].GetProperty("text").GetString()));
    }

    [Fact]
    public async Task WhatIsTooLarge_ComesWithoutWhatWasSaid_AndSaysSo()
    {
        var (body, _) = await WriteAsync(new WebhookReceiver { Secrets = { NewSecret }, Turns = true }, new string('x', 2 << 20));

        var call = JsonElement.Parse(body).GetProperty("data");
        Assert.True(call.GetProperty("transcriptOmitted").GetBoolean());
        Assert.False(call.TryGetProperty("transcript", out _));
    }

    private static void Verify(string secret, string body, HeaderDictionary headers, string signature) =>
        new StandardWebhook(secret).Verify(body, new HeaderDictionary(headers.ToDictionary(header => header.Key, header => header.Value)) { ["webhook-signature"] = signature });

    private static async Task<(string Body, HeaderDictionary Headers)> WriteAsync(WebhookReceiver receiver, string said = "Grüße 👋")
    {
        var row = new EndedCall
        {
            CallId = "call-1", Caller = "********0123", Dialled = "+18005550100", Phone = "acs", Agent = "sales", EndReason = "caller_hung_up", RangAt = Rang, ConnectedAt = Rang.AddSeconds(1),
            EndedAt = Rang.AddSeconds(61), DurationMs = 60_000, TurnLatencies = 2, TurnLatencyTotalMs = 1_500, Cost = 0.0123m,
        };
        var call = new KeptCall(row, new CallRecord { CallId = "call-1", CorrelationId = "" }, [], true, [new Turn(Rang.AddSeconds(3), "caller", said)]);
        var privacy = new CallerIdPrivacy(Options.Create(new PrivacyOptions { CallerId = CallerIdVisibility.Last4 }));
        // The library looks at the machine's own clock.
        using var content = CallEndedEvent.Write(call, receiver, "berlin", privacy, TimeProvider.System.GetUtcNow());
        return (await content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            new HeaderDictionary(content.Headers.ToDictionary(header => header.Key, header => new Microsoft.Extensions.Primitives.StringValues([.. header.Value]))));
    }
}
