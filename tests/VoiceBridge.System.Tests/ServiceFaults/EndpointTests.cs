using VoiceBridge.Simulator;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>An endpoint that accepts connections and has no use for them, beside a good one; and what another endpoint cannot mend.</summary>
public sealed class EndpointTests(EndpointTests.TwoEndpoints endpoints) : IClassFixture<EndpointTests.TwoEndpoints>
{
    private const string Bad = "bad";
    private const string Good = "good";
    private const string Greeting = "Thank you for calling.";
    private static readonly (string, string)[] Greets = [("Greeting", Greeting)];

    private static readonly Scenario ServerError = new(
        "server-error", CallerScript.Silent, new VoiceLiveFault { Kind = VoiceLiveFaultKind.UpdateRefused, Endpoint = Bad }) { Profile = Greets };

    private static readonly Scenario RateLimit = new(
        "rate-limit", CallerScript.Silent,
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.UpdateRefused, Endpoint = Bad, Type = "rate_limit_error", Code = "rate_limit_exceeded" }) { Profile = Greets };

    private static readonly Scenario Killed = new(
        "killed", CallerScript.Silent, new VoiceLiveFault { Kind = VoiceLiveFaultKind.SessionKilled, Endpoint = Bad }) { Profile = Greets };

    private static readonly Scenario WrongSettings = new(
        "wrong-settings", CallerScript.Silent,
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.UpdateRefused, Type = "invalid_request_error", Code = "invalid_value", Param = "session.voice" });

    private static readonly Scenario AllFail = new(
        "all-fail", CallerScript.Start.Say("What time is it?"), new VoiceLiveFault { Kind = VoiceLiveFaultKind.ResponseFails, Code = "rate_limit_exceeded" });

    [Fact]
    public Task Server_error_about_the_settings_sends_the_call_to_the_other_endpoint() => GreetedAtTheGoodOneAsync(ServerError);

    [Fact]
    public Task Rate_limit_about_the_settings_sends_the_call_to_the_other_endpoint() => GreetedAtTheGoodOneAsync(RateLimit);

    [Fact]
    public Task Endpoint_that_kills_its_sessions_is_left_for_the_other_one() => GreetedAtTheGoodOneAsync(Killed);

    [Fact]
    public async Task Settings_that_are_wrong_end_the_call_without_a_second_try()
    {
        var record = await endpoints.Calls.EndedAsync(WrongSettings);

        Assert.Equal("no_agent", record.EndReason);
        Assert.Single(endpoints.Calls.Sessions(WrongSettings));
    }

    [Fact]
    public async Task Without_an_overflow_number_a_caller_who_gets_no_response_hears_an_apology_and_is_hung_up_on()
    {
        var record = await endpoints.Calls.EndedAsync(AllFail);

        Assert.Equal("agent_lost", record.EndReason);
        Assert.NotEmpty(endpoints.Calls[AllFail].Heard);
    }

    private async Task GreetedAtTheGoodOneAsync(Scenario scenario)
    {
        await endpoints.Calls.HearsAsync(scenario, Greeting);

        Assert.Equal(Good, endpoints.Calls.Sessions(scenario)[^1].Endpoint);
        // Somebody must have found out.
        Assert.Contains(endpoints.Calls.Azure.Sessions, session => session.Endpoint == Bad);
    }

    /// <summary>The bad endpoint has more room, and is preferred for that.</summary>
    public sealed class TwoEndpoints(RedisServers servers) : IAsyncLifetime
    {
        internal ScenarioCalls Calls { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Calls = await ScenarioCalls.StartAsync(
            servers, [ServerError, RateLimit, Killed, WrongSettings, AllFail],
            azure =>
            {
                azure.VoiceLive.Endpoints[Bad] = new VoiceLiveEndpointOptions { ConnectionsPerMinute = 1_000 };
                azure.VoiceLive.Endpoints[Good] = new VoiceLiveEndpointOptions { ConnectionsPerMinute = 100 };
            });

        public ValueTask DisposeAsync() => Calls.DisposeAsync();
    }
}
