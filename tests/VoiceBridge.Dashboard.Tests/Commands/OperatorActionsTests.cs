using System.Net;
using System.Text.Json;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Dashboard.Access;

namespace VoiceBridge.Dashboard.Tests.Commands;

public sealed class OperatorActionsTests
{
    private static readonly CallRecord Call = new() { CallId = "0123456789abcdef0123456789abcdef", CorrelationId = "c", CallConnectionId = "leg-1", State = CallState.Connected };

    [Theory]
    [InlineData(null)]
    [InlineData(Policies.ReaderRole)]
    [InlineData("VoiceBridge.Somebody")]
    public async Task ThoseWithoutTheOperatorRole_CanDoNothing(string? role)
    {
        await using var host = ActingHost.Create(role);

        var results = new[]
        {
            await host.Actions.HangUpAsync(Call),
            await host.Actions.TransferAsync(Call, "+14255550123"),
            await host.Actions.DrainAsync("gateway-01"),
            await host.Actions.UndrainAsync("gateway-01"),
        };

        Assert.All(results, result => Assert.Contains("VoiceBridge.Operator", result.Why, StringComparison.Ordinal));
        Assert.All(results, result => Assert.False(result.Done));
        Assert.Empty(host.CallControl.Requests);
    }

    [Fact]
    public async Task HangUp_AsksCallControlWithTheClustersToken()
    {
        await using var host = ActingHost.Create(Policies.OperatorRole);

        var result = await host.Actions.HangUpAsync(Call);

        Assert.True(result.Done, result.Why);
        var (path, bearer, body) = Assert.Single(host.CallControl.Requests);
        Assert.Equal($"/calls/{Call.CallId}/hangup", path);
        Assert.True(host.Tokens.TryVerify(bearer, "callcontrol", out var refusal), refusal);
        using var json = JsonDocument.Parse(body);
        Assert.Equal("leg-1", json.RootElement.GetProperty("callConnectionId").GetString());
        Assert.Equal("operator", json.RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Transfer_SendsTheNumberInInternationalForm()
    {
        await using var host = ActingHost.Create(Policies.OperatorRole);

        var result = await host.Actions.TransferAsync(Call, " +1 (425) 555-0123 ");

        Assert.True(result.Done, result.Why);
        using var json = JsonDocument.Parse(Assert.Single(host.CallControl.Requests).Body);
        Assert.Equal("+14255550123", json.RootElement.GetProperty("target").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("4255550123")]
    [InlineData("+0123456789")]
    [InlineData("+123")]
    [InlineData("+1425555012345678")]
    [InlineData("+1425555x123")]
    [InlineData("sip:someone@example.com")]
    public async Task Transfer_ToWhatIsNoNumber_IsRefusedHere(string target)
    {
        await using var host = ActingHost.Create(Policies.OperatorRole);

        var result = await host.Actions.TransferAsync(Call, target);

        Assert.False(result.Done);
        Assert.Contains("international form", result.Why, StringComparison.Ordinal);
        Assert.Empty(host.CallControl.Requests);
    }

    [Fact]
    public async Task Transfer_ThatCallControlRefuses_SaysWhy()
    {
        await using var host = ActingHost.Create(Policies.OperatorRole, HttpStatusCode.Conflict, """{"error":"the call is not connected"}""");

        var result = await host.Actions.TransferAsync(Call, "+14255550123");

        Assert.False(result.Done);
        Assert.Contains("the call is not connected", result.Why, StringComparison.Ordinal);
    }
}
