using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Calls;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.Dashboard.Tests.Commands;
using VoiceBridge.Testing;

namespace VoiceBridge.Dashboard.Tests.Access;

/// <summary>What lies in Redis, and who gets to see it.</summary>
public sealed class WhatIsKeptTests : IAsyncLifetime
{
    private const string CallId = "0123456789abcdef0123456789abcdef";
    private RedisServer? _redis;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync(RedisKind.Garnet);

    public async ValueTask DisposeAsync() => await _redis!.DisposeAsync();

    [Theory]
    [InlineData(Policies.OperatorRole, true, true)]
    [InlineData(Policies.ReaderRole, true, false)]
    [InlineData(null, false, false)]
    public async Task Transcript_IsReadForOperatorsOnly(string? role, bool seesTheCall, bool seesWhatIsSaid)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var host = ActingHost.Create(role, redis: _redis!.ConnectionString);
        var calls = host.Services.GetRequiredService<CallStore>();
        var turns = host.Services.GetRequiredService<WorkingTurns>();
        await calls.AdvanceAsync(CallId, CallState.Connected, new CallChange { CorrelationId = "c", From = "+14255550123" }, ct);
        await turns.AppendAsync(CallId, [new Turn(DateTimeOffset.UtcNow, "caller", "My password is swordfish.")], ct);
        var history = new EndedCallReader(host.Services, host.SignedIn, host.Authorization, NullLogger<EndedCallReader>.Instance);
        var reader = new CallReader(calls, new CallTurns(turns, host.Services.GetRequiredService<Transcripts>()), host.Services.GetRequiredService<ClusterEvents>(), history, host.SignedIn, host.Authorization);

        var details = await reader.ReadAsync(CallId, ct);

        Assert.Equal(seesTheCall, details is not null);
        Assert.Equal(seesWhatIsSaid, details?.Turns is [{ Text: "My password is swordfish." }]);
        Assert.Equal(seesTheCall && !seesWhatIsSaid, details is { Turns: null });
    }

    [Fact]
    public async Task SignInKeys_OutliveTheProcess()
    {
        await using (var first = ActingHost.Create(Policies.ReaderRole, redis: _redis!.ConnectionString))
            first.Services.GetRequiredService<IXmlRepository>().StoreElement(new XElement("key", "k1"), "k1");
        await using var second = ActingHost.Create(Policies.ReaderRole, redis: _redis.ConnectionString);

        Assert.Equal("k1", Assert.Single(second.Services.GetRequiredService<IXmlRepository>().GetAllElements()).Value);
    }

    [Fact]
    public async Task SignInKeys_AreKeptInMemoryWhileRedisIsAway()
    {
        await using var host = ActingHost.Create(Policies.ReaderRole);
        var keys = host.Services.GetRequiredService<IXmlRepository>();

        keys.StoreElement(new XElement("key", "k1"), "k1");

        Assert.Equal("k1", Assert.Single(keys.GetAllElements()).Value);
    }
}
