using System.Text.Json;
using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests.EventGrid;

public sealed class EventSubscriptionTests
{
    private readonly SimulatorOptions _options = new();

    public EventSubscriptionTests()
    {
        _options.RetrySchedule.Clear();
        _options.RetrySchedule.Add(TimeSpan.FromMilliseconds(10));
        _options.RetrySchedule.Add(TimeSpan.FromMilliseconds(20));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handshake_PassesInBothSchemas()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        await bridge.Azure.SubscribeAsync(Cancel);
        var validation = Assert.Single(bridge.Events);
        Assert.Equal("1", validation.GetProperty("metadataVersion").GetString());
        Assert.Equal("SubscriptionValidation", bridge.EventHeaders.First()["aeg-event-type"]);
        _options.CloudEvents = true;
        await bridge.Azure.SubscribeAsync(Cancel);
    }

    [Theory]
    [InlineData(202)]
    [InlineData(404)]
    [InlineData(200)]
    public async Task Handshake_FailsWhenItIsNotAnsweredAsItMust(int status)
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        bridge.NextStatuses.Enqueue(status); // without a validationResponse
        await Assert.ThrowsAsync<InvalidOperationException>(() => bridge.Azure.SubscribeAsync(Cancel));
    }

    [Fact]
    public async Task FailedDelivery_IsRepeated()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        bridge.OnIncoming = _ => Task.CompletedTask;
        bridge.NextStatuses.Enqueue(500);
        bridge.NextStatuses.Enqueue(503);
        bridge.Azure.PlaceCall(new CallPlan());
        await Soon.Is(() => bridge.Azure.Deliveries == (1, 0), "delivered in the end");
        Assert.Equal(["0", "1", "2"], bridge.EventHeaders.Select(h => h["aeg-delivery-count"].ToString()));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(413)]
    public async Task TerminalStatus_EndsTheDelivery(int status)
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        bridge.NextStatuses.Enqueue(status);
        bridge.Azure.PlaceCall(new CallPlan());
        await Soon.Is(() => bridge.Azure.Deliveries == (0, 1), "given up");
        Assert.Single(bridge.EventHeaders);
    }

    [Fact]
    public async Task Duplicates_AreTheSameEvent()
    {
        _options.Duplicates = 3;
        await using var bridge = await TinyBridge.StartAsync(_options);
        bridge.OnIncoming = _ => Task.CompletedTask;
        bridge.Azure.PlaceCall(new CallPlan());
        await Soon.Is(() => bridge.Events.Count == 3, "three deliveries");
        Assert.Single(bridge.Events.Select(e => e.GetProperty("id").GetString()).Distinct());
    }

    [Fact]
    public async Task Batch_HoldsSeveralEvents()
    {
        _options.BatchSize = 5;
        await using var bridge = await TinyBridge.StartAsync(_options);
        bridge.OnIncoming = _ => Task.CompletedTask;
        for (var i = 0; i < 4; i++) bridge.Azure.PlaceCall(new CallPlan());
        await Soon.Is(() => bridge.Events.Count == 4, "four events");
        Assert.True(bridge.EventHeaders.Count < 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IncomingCall_HasAllThatClientsNeed(bool cloudEvents)
    {
        _options.CloudEvents = cloudEvents;
        await using var bridge = await TinyBridge.StartAsync(_options);
        bridge.OnIncoming = _ => Task.CompletedTask;
        var call = bridge.Azure.PlaceCall(new CallPlan { From = "anonymous", SipHeaders = new Dictionary<string, string> { ["X-MS-Custom-a"] = "1" } });
        await Soon.Is(() => !bridge.Events.IsEmpty, "the event");
        var e = bridge.Events.First();
        Assert.Equal("Microsoft.Communication.IncomingCall", e.GetProperty(cloudEvents ? "type" : "eventType").GetString());
        Assert.Equal(_options.Topic, e.GetProperty(cloudEvents ? "source" : "topic").GetString());
        var data = e.GetProperty("data");
        Assert.Equal("4:anonymous", data.GetProperty("from").GetProperty("rawId").GetString());
        Assert.Equal(call.CorrelationId, data.GetProperty("correlationId").GetString());
        Assert.Equal("1", data.GetProperty("customContext").GetProperty("sipHeaders").GetProperty("X-MS-Custom-a").GetString());
        Assert.Equal(JsonValueKind.String, data.GetProperty("incomingCallContext").ValueKind);
        Assert.Equal(_options.SubscriptionName, bridge.EventHeaders.First()["aeg-subscription-name"].ToString(), ignoreCase: true);
    }

    [Fact]
    public async Task Deletion_IsToldToTheWebhook()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        Assert.True(await bridge.Azure.DeleteSubscriptionAsync());
        Assert.Equal("SubscriptionDeletion", bridge.EventHeaders.First()["aeg-event-type"]);
    }
}
