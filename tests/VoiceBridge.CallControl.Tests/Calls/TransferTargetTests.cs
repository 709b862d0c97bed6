using Microsoft.Extensions.Options;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

/// <summary>Which numbers are dialled, and what is kept of it.</summary>
public sealed class TransferTargetTests(RedisServers servers) : ClusterTest(servers)
{
    [Theory]
    [InlineData("+14255550123", true)]
    [InlineData("+498912345678", true)]
    [InlineData("+882161234567", false)]
    [InlineData("+19005550100", false)]
    [InlineData("8:acs:resource_user", true)]
    public async Task Transfers_GoToAllowedPrefixesOnly_WhoeverAsks(string target, bool allowed)
    {
        Settings["Transfer:AllowedPrefixes:0"] = "+1425";
        Settings["Transfer:AllowedPrefixes:1"] = "+49";
        Settings["Privacy:CallerId"] = "Last4";
        var (host, callId, connectionId) = await ConnectedAsync();

        var status = await CallsApiTests.PostAsync(host, $"/calls/{callId}/transfer", new { callConnectionId = connectionId, target });

        Assert.Equal(allowed ? 202 : 409, status);
        Assert.Equal(allowed, Acs.Requests.Any(r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal)));
        if (!allowed) Assert.Contains(host.Logs.Lines, line => line.Contains("Transfer:AllowedPrefixes", StringComparison.Ordinal) && !line.Contains(target, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Overflow_NeedsNoPrefix()
    {
        Settings["Transfer:AllowedPrefixes:0"] = "+49";
        Settings["Overflow:Number"] = "+14255550177";
        var (host, callId, connectionId) = await ConnectedAsync();

        Assert.Equal(202, await CallsApiTests.PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "no_agent" }));

        Assert.Contains(Acs.Requests, r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1425")]
    [InlineData("+")]
    [InlineData("+1*")]
    public async Task Prefix_ThatIsNone_IsNamedAtTheStart(string prefix)
    {
        Settings["Transfer:AllowedPrefixes:0"] = prefix;

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(StartAsync);
        Assert.Contains("Transfer:AllowedPrefixes", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Last4", "********0123")]
    [InlineData("Full", "+14255550123")]
    public async Task Target_IsInTheTimelineAndInTheLog_AsCallersAreShown(string shown, string expected)
    {
        Settings["Privacy:CallerId"] = shown;
        var (host, callId, connectionId) = await ConnectedAsync();

        Assert.Equal(202, await CallsApiTests.PostAsync(host, $"/calls/{callId}/transfer", new { callConnectionId = connectionId, target = "+14255550123" }));

        Assert.Contains(await host.Calls.ListEventsAsync(callId, Ct), entry => entry.Kind == "transfer_target" && entry.Text == expected);
        Assert.Contains(host.Logs.Lines, line => line.Contains($"Transfer of call {callId} to {expected}", StringComparison.Ordinal));
    }
}
