using Bunit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Calls;
using VoiceBridge.Dashboard.Components.Pages;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.Dashboard.Snapshots;
using VoiceBridge.Dashboard.Tests.Commands;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.Dashboard.Tests.Pages;

/// <summary>The page of one call, over what the product wrote of real ones.</summary>
public sealed class CallPageTests(RedisServers servers)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public static TheoryData<string> Recorded => [.. RecordedCalls.As(Now).Select(recorded => recorded.Call.CallId)];

    [Fact]
    public void Recording_HasCallsOfEveryPhoneAndEndsOfManyKinds()
    {
        var calls = RecordedCalls.As(Now).Select(recorded => recorded.Call).ToArray();

        Assert.Superset(new HashSet<string> { "acs", "twilio", "web" }, calls.Select(call => call.Type).ToHashSet());
        Assert.Superset(new HashSet<string> { "agent_ended", "caller_hung_up", "transferred", "silent", "answer_failed" }, calls.Select(call => call.EndReason).OfType<string>().ToHashSet());
        Assert.Contains(calls, call => call.Moves > 0);
        Assert.Contains(calls, call => call is { ToolCalls: > 0, Interruptions: > 0 });
    }

    [Theory]
    [MemberData(nameof(Recorded), DisableDiscoveryEnumeration = true)]
    public async Task Call_IsToldInSentences(string callId)
    {
        var recorded = RecordedCalls.As(Now).Single(call => call.Call.CallId == callId);
        await using var context = new DashboardContext(ClusterSnapshot.Empty);
        await using var host = ActingHost.Create(Policies.OperatorRole, redis: (await servers.GetAsync(RedisKind.Garnet)).ConnectionString, changed: new() { ["Cluster:Name"] = RedisServers.UniqueName() });
        await WriteAsync(context, host, recorded);

        var page = context.Interactive().Render<CallPage>(parameters => parameters.Add(p => p.CallId, callId));

        page.WaitForElement(".call-sentence");
        Assert.EndsWith(".", page.Find(".call-sentence").TextContent, StringComparison.Ordinal);
        var entries = page.FindAll(".timeline li > span:not(.delta)").Select(entry => entry.TextContent.Trim()).ToArray();
        Assert.Equal(recorded.Events.Count, entries.Length);
        Assert.All(entries, entry => Assert.True(entry.EndsWith('.') && entry.Contains(' ', StringComparison.Ordinal), $"'{entry}' is no sentence."));
        Assert.Equal(callId, page.Find("[data-copy]").GetAttribute("data-copy"));
        Assert.Equal(recorded.Turns.Count, page.FindAll(".turn").Count);
    }

    private static async Task WriteAsync(DashboardContext context, ActingHost host, RecordedCall recorded)
    {
        var services = host.Services;
        await using var seed = new ClusterSeed(services, new SampleCluster(Now, calls: 0, gateways: 0), "");
        await seed.WriteCallAsync(recorded.Call with { ConnectionId = null }, Ct);
        foreach (var entry in recorded.Events) await seed.Calls.AddEventAsync(recorded.Call.CallId, entry, Ct);
        context.Said.Add(recorded.Call.CallId, recorded.Turns);
        context.Services.AddScoped(_ => host.Actions);
        context.Services.AddScoped(provider => new CallReader(
            services.GetRequiredService<CallStore>(), context.Said, services.GetRequiredService<ClusterEvents>(), provider.GetRequiredService<EndedCallReader>(),
            provider.GetRequiredService<AuthenticationStateProvider>(), provider.GetRequiredService<IAuthorizationService>()));
    }
}
