using System.Security.Cryptography;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Agents;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>
/// A running system in which calls of many kinds have taken place, and some go on: by ACS, Twilio and browser; with tools, interruptions, transfers, a lost medium,
/// silence and a failure. What its pages show was written by the product.
/// </summary>
internal sealed class RealCalls : IAsyncDisposable
{
    internal const string LiveCaller = "+33140000123";
    private const string Office = "+14255550178";
    private const string NobodyThere = "+14255550179";
    private const string Shop = "+14255550201";
    private const string Quiet = "+14255550202";
    private const string Goodbye = "Thank you for calling. Goodbye.";

    private readonly DirectoryInfo _folder;
    private readonly ToolServer _tools;

    private RealCalls(LocalSystem system, ToolServer tools, DirectoryInfo folder) => (System, _tools, _folder) = (system, tools, folder);

    internal LocalSystem System { get; }

    internal string Url => System.Dashboard!.GetLeftPart(UriPartial.Authority);

    /// <summary>Talked with the agent, who used a tool, was interrupted and said goodbye.</summary>
    internal CallRecord Told { get; private set; } = null!;

    /// <summary>Goes on; its media broke off and came back.</summary>
    internal CallRecord Moved { get; private set; } = null!;

    internal SimulatedCall Live { get; private set; } = null!;

    internal static async Task<RealCalls> StartAsync(RedisServers servers)
    {
        var tools = await ToolServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("voicebridge-calls-");
        var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with
        {
            Dashboard = true, Twilio = true, Gateways = 2, History = $"Data Source={Path.Combine(folder.FullName, "history.db")}", Simulate = Simulate,
        }).With(
            ("Transcripts:Keep", "true"),
            ("Agents:default:Greeting", "Hello, how can I help you today?"),
            ("Agents:default:Tools:0", "lookup_order"),
            ("Agents:default:Transfer:Numbers:office", Office),
            ("Agents:shop:Numbers:0", Shop),
            ("Agents:shop:Instructions", "You answer for a shop."),
            ("Agents:shop:Greeting", "Hello, this is VoiceBridge."),
            ("Agents:shop:Tools:0", "lookup_order"),
            ("Agents:shop:Transfer:Numbers:office", NobodyThere),
            ("Agents:quiet:Numbers:0", Quiet),
            ("Agents:quiet:Instructions", "You wait."),
            ("Agents:quiet:Greeting", "off"),
            ("Agents:quiet:Silence:AskAfter", "00:00:00.3"),
            ("Agents:quiet:Silence:AskAgainAfter", "00:00:00.3"),
            ("Agents:quiet:Silence:EndAfter", "00:00:00.3"),
            ("Agents:quiet:Silence:GoodbyeText", Goodbye),
            ("Dashboard:TraceUrl", "http://127.0.0.1:1/traces/detail/{traceId}"),
            ("Webhooks:AllowPrivate", "true"),
            ("Webhooks:Receivers:crm:Url", "http://127.0.0.1:1/calls"),
            ("Webhooks:Receivers:crm:Secrets:0", $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}"),
            ("Prices:gpt-realtime:InputText", "4"),
            ("Prices:gpt-realtime:CachedText", "0.4"),
            ("Prices:gpt-realtime:InputAudio", "32"),
            ("Prices:gpt-realtime:CachedAudio", "0.4"),
            ("Prices:gpt-realtime:OutputText", "16"),
            ("Prices:gpt-realtime:OutputAudio", "64"),
            ("Tools:Http:lookup_order:Description", "Looks an order up."),
            ("Tools:Http:lookup_order:Url", $"{tools.Address}prompt")));
        var calls = new RealCalls(system, tools, folder);
        await calls.TakePlaceAsync();
        return calls;
    }

    private static void Simulate(SimulatorOptions azure)
    {
        azure.Acs.TransferTargets[NobodyThere] = new TransferTarget { Fails = true, Rings = TimeSpan.FromSeconds(1) };
        ScriptedReply[] replies =
        [
            new() { Keyword = "my order", Call = "lookup_order" },
            new() { Keyword = "office", Say = "One moment.", Call = "transfer_call", Arguments = """{"target":"office"}""" },
            new() { Keyword = "Goodbye", Call = "end_call", Arguments = $$"""{"goodbye":"{{Goodbye}}"}""" },
        ];
        foreach (var reply in replies) azure.VoiceLive.Replies.Add(reply);
    }

    /// <summary>All at the same time: the longest takes half a minute.</summary>
    private async Task TakePlaceAsync()
    {
        var told = Place("+14255550123", CallerScript.Start
            .WaitForAgent().Say("Hi, where is my order?")
            .WaitForAgent().Say("Tell me a long story, please.")
            .Interrupt(TimeSpan.FromSeconds(2), "No, wait, that is not what I meant.")
            .WaitForAgent().Say("Thank you, that is all. Goodbye.")
            .WaitForAgent());
        var moved = Place("+14255550124", CallerScript.Conversation(1_000), Shop);
        Live = Place(LiveCaller, CallerScript.Conversation(1_000), network: PhoneNetwork.Twilio);
        List<SimulatedCall> ending =
        [
            told,
            Place("+14255550125", CallerScript.Start.WaitForAgent().Say("Please connect me to the office.").WaitForAgent(), network: PhoneNetwork.Twilio),
            Place("+14255550126", CallerScript.Start.WaitForAgent().Say("Please connect me to the office.").WaitForAgent().HangUp(), Shop),
            Place("+14255550127", CallerScript.Silent, Quiet),
            Place("+14255550128", CallerScript.Start.WaitForAgent().Say("How much does it cost?").WaitForAgent().HangUp(), network: PhoneNetwork.Twilio),
        ];
        for (var i = 0; i < 4; i++) ending.Add(Place($"+1425555013{i}", CallerScript.Start.WaitForAgent().HangUp()));
        await using var browser = await BrowserCaller.ConnectAsync(System, "default", Url);
        await browser.SayAsync();

        await moved.HeardAsync(2);
        await moved.AbortMediaAsync();
        await Eventually.True(() => moved.Stats.MediaSockets == 2 && moved.MediaOpen, Systems.Deadline, "the media's return");
        // The phone network refuses the next answer.
        System.Azure!.Options.Acs.AnswerFails = true;
        await Place("+14255550129", CallerScript.Silent).OverAsync();
        System.Azure.Options.Acs.AnswerFails = false;

        await browser.SendAsync("""{"type":"hangup"}""");
        foreach (var call in ending) await call.OverAsync();
        Told = await System.RecordAsync(told, record => record.State == CallState.Ended);
        Moved = await System.RecordAsync(moved, record => record is { State: CallState.Connected, Moves: > 0 });
        await Live.HeardAsync(1);
    }

    private SimulatedCall Place(string from, CallerScript script, string? to = null, PhoneNetwork network = PhoneNetwork.Acs)
    {
        var plan = new CallPlan { From = from, Script = script, Network = network };
        return System.Azure!.PlaceCall(to is null ? plan : plan with { To = to });
    }

    /// <summary>Everything that the cluster knows of these calls now.</summary>
    internal async Task<RecordedCalls> RecordAsync(CancellationToken ct)
    {
        var calls = (await System.Cluster.Calls.ListRecentAsync(100, ct)).Concat(await System.Cluster.Calls.ListLiveAsync(ct)).ToArray();
        var recorded = new List<RecordedCall>();
        foreach (var call in calls)
        {
            var turns = await System.Cluster.Turns.ReadAsync(call.CallId, ct);
            if (turns.Count == 0) turns = await System.Cluster.Transcripts.ReadAsync(call.CallId, ct);
            recorded.Add(new RecordedCall(call with { IncomingCallContext = null }, await System.Cluster.Calls.ListEventsAsync(call.CallId, ct), turns));
        }
        return new RecordedCalls(DateTimeOffset.UtcNow, recorded);
    }

    public async ValueTask DisposeAsync()
    {
        await System.DisposeAsync();
        await _tools.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}
