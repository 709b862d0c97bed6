using System.Net;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local.Web;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Agents;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>Calls with values that are found again wherever they come out: numbers, words, keys, tickets, tokens.</summary>
[Collection<Alone>, Trait(Alone.Counts, "process")]
public sealed class CanaryTests(RedisServers servers)
{
    private const string Caller = "+491555077001234";
    private const string Called = "+491555088001234";
    private const string Desk = "+491555099001234";
    private const string Said = "quetzalcoatl";
    private const string Answered = "zanzibar";
    private const string Greeted = "ouagadougou";
    private const string Argument = "popocatepetl";
    private const string Keyed = "90817263";
    private const string Card = "4111 1111 1111 1111";
    private const string Insured = "078-05-1120";
    private const string ToolKey = "canary-tool-key-0123456789abcdef";
    private const string AcsKey = "Y2FuYXJ5LWFjY2Vzcy1rZXktb2YtdGhlLXBob25lLTAx";
    private const string TwilioToken = "canary-auth-token-0123456789abcd";
    private const string VoiceLiveKey = "canary-voice-live-key-0123456789";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // How every token begins: {"alg":"RS256 (ACS), {"alg":"HS256 (the cluster), {"alg":"dir (tickets).
    private static readonly string[] TokenStarts = ["eyJhbGciOiJSUzI1NiI", "eyJhbGciOiJIUzI1NiI", "eyJhbGciOiJkaXIi"];

    [Fact]
    public async Task Nothing_that_callers_say_or_that_opens_a_door_comes_out_in_logs_traces_metrics_or_Redis()
    {
        using var captured = new Captured();
        await using var tools = await ToolServer.StartAsync();
        await using var guarded = await StartAsync(tools);
        var system = guarded.System;
        var azure = system.Azure!;
        var secrets = new List<string> { Said, Answered, Greeted, Argument, Keyed, Card, Insured, ToolServer.Secret, ToolKey, AcsKey, TwilioToken, VoiceLiveKey, guarded.WebhookKey, GuardedSystem.OpsKey, GuardedSystem.CommandKey, guarded.ClusterKey };

        var talk = azure.PlaceCall(new CallPlan
        {
            From = Caller,
            To = Called,
            Script = CallerScript.Start.WaitForAgent().Say($"My secret word is {Said}.").WaitForAgent().Dtmf(Keyed).Say($"Who is {Argument}?").WaitForAgent()
                .Say($"My card is {Card}.").WaitForAgent().Say($"I am insured as {Insured}.").WaitForAgent().Say("Ask the vault.").WaitForAgent()
                // Typed slowly: each key is a turn of its own.
                .Dtmf("5").Silence(Pause).Dtmf("9").Silence(Pause).Dtmf("3").Silence(Pause),
        });
        await talk.HeardAsync(2);
        await captured.ReadAsync(system.Cluster.Redis, system.ClusterName);
        await Eventually.True(() => talk.ScriptFinished, Systems.Deadline, "the end of the script");
        await captured.ReadAsync(system.Cluster.Redis, system.ClusterName);
        var answer = talk.Answered!;
        secrets.Add(talk.Context);
        secrets.Add(answer.Media!.TransportUrl.Query["?ticket=".Length..][..80]);
        await talk.HangUpAsync();

        var transferred = azure.PlaceCall(new CallPlan { From = Caller, To = Called, Script = CallerScript.Start.WaitForAgent().Say("Please transfer me.") });
        await transferred.OverAsync();

        var overTwilio = azure.PlaceCall(new CallPlan
        {
            Network = PhoneNetwork.Twilio, From = Caller, To = Called, Script = CallerScript.Start.WaitForAgent().Dtmf(Keyed).Say($"My secret word is {Said}.").WaitForAgent().Say("Please transfer me."),
        });
        await overTwilio.OverAsync();

        await using (var web = await WebCaller.StartAsync(system, Caller, GuardedSystem.Origin, TestContext.Current.CancellationToken))
            await Eventually.True(() => web.FramesHeard > 0, Systems.Deadline, "the browser to hear something");

        var kept = await Eventually.Get(
            async () => await system.Cluster.Transcripts.ReadAsync((await system.RecordAsync(talk, _ => true)).CallId, TestContext.Current.CancellationToken),
            turns => turns.Count(turn => turn.Text == "[DTMF] [keys]") >= 4, Systems.Deadline, "the kept transcript");
        // Whoever calls next is nobody whom the agent knows.
        var others = azure.Sessions.Where(session => session.Mark != talk.Mark && session.Mark != overTwilio.Mark).ToArray();

        await KnockAsync(guarded);
        await RefuseAsync(azure);
        foreach (var call in new[] { talk, transferred, overTwilio }) await system.RecordAsync(call, r => r.State == CallState.Ended);
        await system.EmptyAsync();
        await captured.ReadAsync(system.Cluster.Redis, system.ClusterName);

        // What the test would not see if it did not look: each source has something to say.
        Assert.Contains(guarded.Log.Lines, line => line.Contains("is ringing", StringComparison.Ordinal));
        Assert.Contains(captured.Spans, span => span.Contains("voicebridge.caller", StringComparison.Ordinal));
        Assert.Contains(captured.Tags, tag => tag.StartsWith("voicebridge.calls", StringComparison.Ordinal));
        Assert.Contains(captured.Redis, value => value.Contains(":call:", StringComparison.Ordinal));
        Assert.True(talk.Heard.Any(turn => turn.Text?.Contains(Answered, StringComparison.OrdinalIgnoreCase) is true), "The agent was to say it.");

        Assert.Contains(kept, turn => turn.Text.Contains("[card number]", StringComparison.Ordinal));
        Assert.NotEmpty(others);

        string[] numbers = [Caller[1..^4], Called[1..^4], Desk[1..^4]];
        var leaks = Search("log", guarded.Log.Lines, [.. secrets, .. TokenStarts, .. numbers])
            .Concat(Search("span", captured.Spans, [.. secrets, .. TokenStarts, .. numbers]))
            .Concat(Search("metric", captured.Tags, [.. secrets, .. TokenStarts, .. numbers]))
            // The call's record has its numbers: the dashboard shows them, as Privacy:CallerId says.
            .Concat(Search("Redis", captured.Redis, [.. secrets, .. TokenStarts]))
            .Concat(Search("kept transcript", [.. kept.Select(turn => $"{turn.Speaker} {turn.Text} {turn.ToolName} {turn.ToolArguments}")], [Keyed, Card, Insured, ToolKey, $"{{\"who\":\"{Argument}"]))
            .Concat(Search("prompt of another call", [.. others.SelectMany(session => session.Received)], [Said, Answered, Argument, Keyed, Card, Insured, ToolServer.Secret, ToolKey]))
            .ToArray();
        Assert.True(leaks.Length == 0, string.Join("\n\n", leaks.Take(20)));
    }

    private static IEnumerable<string> Search(string where, IReadOnlyCollection<string> texts, string[] secrets) =>
        from text in texts
        from secret in secrets
        where text.Contains(secret, StringComparison.OrdinalIgnoreCase)
        group text by (secret, Length: text[..Math.Min(40, text.Length)]) into same
        select $"{same.Key.secret} in a {where}: {same.First()[..Math.Min(1_500, same.First().Length)]}";

    private async Task<GuardedSystem> StartAsync(ToolServer tools)
    {
        (string, string)[] settings =
        [
            ("Privacy:CallerId", "Last4"), ("Logging:LogLevel:Default", "Information"), ("Logging:LogLevel:VoiceBridge", "Trace"),
            ("Agents:default:Greeting", $"Welcome to {Greeted}."), ("Agents:default:Transfer:Numbers:desk", Desk),
            ("Tools:Http:lookup:Description", "Looks somebody up."), ("Tools:Http:lookup:Url", "http://127.0.0.1:9/{who}"),
            ("Tools:Http:lookup:Schema:type", "object"), ("Tools:Http:lookup:Schema:properties:who:type", "string"), ("Tools:Http:lookup:Timeout", "00:00:02"),
            ("Tools:Http:vault:Description", "Knows."), ("Tools:Http:vault:Url", $"{tools.Address}vault"), ("Tools:Http:vault:Headers:X-Api-Key", ToolKey),
            ("Agents:default:Dtmf:Gap", "00:00:00.2"),
            ("Transcripts:Keep", "true"), ("Transcripts:Announcement", "off"),
        ];
        return await GuardedSystem.StartAsync(servers, simulate: options =>
        {
            options.AccessKey = AcsKey;
            options.Twilio.AuthToken = TwilioToken;
            options.VoiceLiveKey = VoiceLiveKey;
            options.VoiceLive.Replies.Add(new ScriptedReply { Keyword = Said, Say = $"I shall remember {Answered}." });
            options.VoiceLive.Replies.Add(new ScriptedReply { Keyword = Argument, Call = "lookup", Arguments = $$"""{"who":"{{Argument}}"}""" });
            options.VoiceLive.Replies.Add(new ScriptedReply { Keyword = "Ask the vault", Call = "vault" });
            options.VoiceLive.Replies.Add(new ScriptedReply { Keyword = "transfer me", Call = "transfer_call", Arguments = $$"""{"target":"desk","reason":"{{Said}}"}""" });
        }, settings);
    }

    /// <summary>Wrong credentials and broken bodies that hold the values, and the right ones in the wrong place.</summary>
    private static async Task KnockAsync(GuardedSystem guarded)
    {
        var call = GuardedSystem.Ticket();
        var ticket = guarded.Issue(call);
        var web = guarded.Issue(GuardedSystem.Ticket("web"));
        (string, string)[] acs = [("Authorization", GuardedSystem.Bearer(guarded.Acs.Token(TimeSpan.FromMinutes(5), age: TimeSpan.FromHours(1))))];
        (string, string)[] cluster = [("Authorization", GuardedSystem.Bearer(guarded.ClusterToken()))];
        foreach (var request in new Request[]
        {
            new("POST", new Uri(guarded.Control, $"/acs/incomingcall?code={GuardedSystem.OpsKey}"), "[]"),
            new("POST", new Uri(guarded.Control, $"/acs/incomingcall?code={guarded.WebhookKey}"), $$"""[{"eventType":"{{Said}}"},{"from":"{{Caller}}","""),
            new("POST", new Uri(guarded.Control, $"/acs/incomingcall?code={guarded.WebhookKey}"), $$"""[{"id":"1","subject":"{{Said}}","eventType":"Microsoft.Communication.IncomingCall","eventTime":"2026-10-04T17:18:42Z","dataVersion":"1","data":{"incomingCallContext":5,"from":"{{Caller}}"} }]"""),
            new("POST", new Uri(guarded.Control, $"/acs/callbacks/{call.CallId}"), "[]", false, acs),
            new("POST", new Uri(guarded.Control, $"/acs/callbacks/{call.CallId}"), $$"""[{"type":"Microsoft.Communication.CallDisconnected","data":"{{Said}} {{Caller}}"}]""", false,
                ("Authorization", GuardedSystem.Bearer(guarded.Acs.CallbackToken()))),
            new("POST", new Uri(guarded.Control, $"/calls/{call.CallId}/transfer"), $$"""{"callConnectionId":"none","target":"{{Desk}}","reason":"operator"}""", false, cluster),
            new("POST", new Uri(guarded.Control, $"/calls/{call.CallId}/transfer"), $$"""{"target":"{{Said}}" """, false, acs),
            new("POST", new Uri(guarded.Control, $"/twilio/voice?at={Said}"), $$"""{"From":"{{Caller}}"}""", false, ("X-Twilio-Signature", TwilioToken)),
            new("POST", new Uri(guarded.Control, $"/twilio/{Said}"), null, false, ("X-Twilio-Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
            new("GET", new Uri(guarded.Gateway, $"/twilio/media/{call.CallId}"), null, true, ("X-Twilio-Signature", TwilioToken)),
            new("GET", new Uri(guarded.Control, "/stats"), null, false, ("X-Api-Key", guarded.WebhookKey)),
            new("GET", new Uri(guarded.Control, "/stats"), null, false, ("X-Api-Key", GuardedSystem.OpsKey)),
            new("GET", new Uri(guarded.Gateway, $"/acs/ws?ticket={ticket}"), null, true, acs),
            new("GET", new Uri(guarded.Gateway, $"/acs/ws?ticket={web}"), null, true, acs),
            new("GET", new Uri(guarded.Gateway, $"/web/ws?ticket={web}"), null, true, ("Origin", "https://evil.example")),
            new("GET", new Uri(guarded.Gateway, $"/nowhere?ticket={ticket}&code={guarded.WebhookKey}")),
        })
            Assert.NotEqual((int)HttpStatusCode.InternalServerError, (await guarded.SendAsync(request)).Status);
    }

    /// <summary>Calls for which the phone service, and then the model, says no.</summary>
    private static async Task RefuseAsync(SimulatedAzure azure)
    {
        azure.Options.Acs.AnswerFails = true;
        await azure.PlaceCall(new CallPlan { From = Caller, To = Called, GiveUpAfter = TimeSpan.FromSeconds(4) }).OverAsync();
        azure.Options.Acs.AnswerFails = false;
        azure.Options.VoiceLive.Refuse = HttpStatusCode.Unauthorized;
        await azure.PlaceCall(new CallPlan { From = Caller, To = Called, HangUpAfter = TimeSpan.FromSeconds(2) }).OverAsync();
        azure.Options.VoiceLive.Refuse = null;
    }
}
