using System.Net;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Snapshots;
using VoiceBridge.Testing;
using VoiceBridge.Testing.SignIn;

namespace VoiceBridge.Dashboard.Tests.Access;

/// <summary>People sign in through the real middleware, and their app roles decide what they see.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private const string CallId = "0123456789abcdef0123456789abcdef";
    private const string Said = "My password is swordfish.";
    private static readonly Person Reader = new("Rita Reader", Policies.ReaderRole);
    private static readonly Person Operator = new("Olga Operator", Policies.OperatorRole);
    private SignedInDashboard? _dashboard;

    private SignedInDashboard Dashboard => _dashboard!;

    public async ValueTask InitializeAsync() => _dashboard = await SignedInDashboard.StartAsync();

    public async ValueTask DisposeAsync() => await _dashboard!.DisposeAsync();

    [Fact]
    public async Task Stranger_IsSentToTheTenantWithoutSeeingAnything()
    {
        using var response = await Dashboard.GetAsync("/calls");
        using var circuit = await Dashboard.PostAsync("/_blazor/negotiate?negotiateVersion=1");

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.StartsWith($"{Dashboard.Authority.Instance}{LocalAuthority.TenantId}/oauth2/v2.0/authorize", response.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        Assert.Empty(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(circuit.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Reader_LooksButIsOfferedNothingToActAndNothingThatIsSaid()
    {
        await WriteClusterAsync();
        Dashboard.Authority.Person = Reader;

        var gateways = await Dashboard.OpenAsync("/gateways");
        var call = await Dashboard.OpenAsync($"/calls/{CallId}");
        var talk = await Dashboard.OpenAsync("/talk");

        Assert.Equal(("form_post", "id_token", LocalAuthority.ClientId), (Dashboard.Authority.Asked["response_mode"], Dashboard.Authority.Asked["response_type"], Dashboard.Authority.Asked["client_id"]));
        Assert.Equal((HttpStatusCode.OK, "/gateways"), (gateways.Status, gateways.Path));
        Assert.Contains("Rita Reader", gateways.Body, StringComparison.Ordinal);
        Assert.Contains("gateway-01", gateways.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Drain gateway-01", gateways.Body, StringComparison.Ordinal);
        Assert.Contains("facts-title", call.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(Said, call.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Hang up", call.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Transfer", call.Body, StringComparison.Ordinal);
        Assert.Equal("/denied", talk.Path);
    }

    [Fact]
    public async Task Operator_IsOfferedAllOfIt()
    {
        await WriteClusterAsync();
        Dashboard.Authority.Person = Operator;

        var gateways = await Dashboard.OpenAsync("/gateways");
        var call = await Dashboard.OpenAsync($"/calls/{CallId}");
        var talk = await Dashboard.OpenAsync("/talk");

        Assert.Contains("Drain gateway-01", gateways.Body, StringComparison.Ordinal);
        Assert.Contains(Said, call.Body, StringComparison.Ordinal);
        Assert.Contains("Hang up", call.Body, StringComparison.Ordinal);
        Assert.Contains("Transfer", call.Body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "/talk"), (talk.Status, talk.Path));
    }

    [Fact]
    public async Task SomeoneOfTheTenantWithoutARole_IsDenied()
    {
        Dashboard.Authority.Person = new Person("Vera Visitor");

        var page = await Dashboard.OpenAsync("/");
        using var api = await Dashboard.GetAsync("/api/cluster");

        Assert.Equal("/denied", page.Path);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Theory]
    [InlineData(TokenFault.SignedByAStranger)]
    [InlineData(TokenFault.ForAnotherApplication)]
    [InlineData(TokenFault.FromAnotherTenant)]
    [InlineData(TokenFault.FromAnotherIssuer)]
    [InlineData(TokenFault.Expired)]
    [InlineData(TokenFault.ForAnotherSignIn)]
    public async Task TokenThatIsNotForUs_SignsNobodyIn(TokenFault fault)
    {
        Dashboard.Authority.Person = Operator with { Fault = fault };

        var page = await Dashboard.OpenAsync("/");
        using var again = await Dashboard.GetAsync("/");
        using var api = await Dashboard.GetAsync("/api/cluster");

        Assert.Equal("/sign-in-failed", page.Path);
        Assert.Contains("could not be signed in", page.Body, StringComparison.Ordinal);
        // The code of a refusal; the letters alone stand in random tokens now and then.
        Assert.DoesNotMatch("IDX[0-9]{5}", page.Body);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Fact]
    public async Task SigningOut_NeedsTheFormAndEndsTheSession()
    {
        Dashboard.Authority.Person = Reader;
        var page = await Dashboard.OpenAsync("/");
        using var forged = await Dashboard.PostAsync("/sign-out");
        using var stillIn = await Dashboard.GetAsync("/");

        Dashboard.Authority.Person = new Person("Vera Visitor");
        var after = await Dashboard.SubmitAsync(page.Body, "/sign-out");

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, stillIn.StatusCode);
        // Through the tenant's sign-out back to the overview, which asks the tenant anew who is there.
        Assert.Equal("/denied", after.Path);
    }

    [Fact]
    public async Task FormsMayLeadToTheTenantAndNowhereElse()
    {
        using var response = await Dashboard.GetAsync("/denied");

        var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains($"form-action 'self' {Dashboard.Authority.Instance.TrimEnd('/')};", policy, StringComparison.Ordinal);
    }

    private async Task WriteClusterAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        var services = Dashboard.App.Services;
        await services.GetRequiredService<GatewayRegistry>().AnnounceAsync(new GatewayHeartbeat { GatewayId = "gateway-01", Capacity = 5 }, [], ct);
        await services.GetRequiredService<CallStore>().AdvanceAsync(CallId, CallState.Connected, new CallChange { CorrelationId = "c", From = "+14255550123", CallConnectionId = "leg" }, ct);
        await services.GetRequiredService<WorkingTurns>().AppendAsync(CallId, [new Turn(DateTimeOffset.UtcNow, "caller", Said)], ct);
        var source = services.GetRequiredService<ISnapshotSource>();
        await Eventually.True(() => source.Current is { Gateways.Count: 1, Live.Count: 1 }, what: "the cluster in the dashboard");
    }
}
