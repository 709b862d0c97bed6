using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Tools;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>One agent with a fake call, a fake clock and whatever tools and settings a test wants.</summary>
internal sealed class AgentBench : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddScoped<CallContext>().BuildServiceProvider();
    private int _ids;

    public AgentBench(
        IReadOnlyDictionary<string, string?>? settings = null, IEnumerable<AIFunction>? tools = null, IReadOnlyList<Turn>? turns = null,
        string? announcement = null)
    {
        var read = ReadSettings(settings ?? new Dictionary<string, string?>());
        Controls = new FakeCallControls(Time);
        Profile = read.Profiles["default"];
        Agent = new CallAgent(Controls, Profile, turns ?? [], new AgentParts(
            builtIn => Open(builtIn, tools ?? []), new ToolRunner(Time, NullLogger<ToolRunner>.Instance), read.Prices, Journal, Refused,
            announcement, new ResponseTimes(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)), Time, NullLogger.Instance));
        Controls.Agent = Agent;
    }

    public static SessionTarget Target { get; } = new("gpt-realtime");

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    public FakeCallControls Controls { get; }

    public RefusedTools Refused { get; } = new();

    public FakeJournal Journal { get; } = new();

    public AgentProfile Profile { get; }

    public CallAgent Agent { get; }

    public static AgentSettings ReadSettings(IReadOnlyDictionary<string, string?> settings) =>
        AgentSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), []);

    /// <summary>The session begins; what the agent opens it with.</summary>
    public IReadOnlyList<JsonElement> Begin(bool resumed = false)
    {
        Say("session.created", """{"session":{"id":"s","model":"gpt-realtime"}}""");
        IReadOnlyList<JsonElement> opening = [];
        Controls.Do(() =>
        {
            Agent.SessionUpdate(Target, resumed);
            opening = [.. Agent.Opening(resumed).Select(json => FakeCallControls.Parse(json))];
        });
        return opening;
    }

    /// <summary>Begins without a greeting to think of: it has been said and heard.</summary>
    public AgentBench Greeted()
    {
        Begin();
        Speak("Hello! How can I help you?");
        Controls.Forget();
        return this;
    }

    /// <summary>The service says something; <paramref name="fields"/> is the event without its type.</summary>
    public void Say(string type, string fields = "{}")
    {
        var body = fields.TrimStart()[1..];
        var json = "{\"type\":\"" + type + "\"" + (body.Trim() == "}" ? "" : ",") + body;
        var read = VoiceLiveEvents.Read(System.Text.Encoding.UTF8.GetBytes(json)) ?? throw new ArgumentException(json);
        Controls.Do(() => Agent.OnServerEvent(read));
    }

    public void Press(string tone) => Controls.Do(() => Agent.OnDtmf(tone));

    public void BargeIn(HeardItem heard) => Controls.Do(() => Agent.OnBargeIn([heard], cancel: false));

    public void End(CallEndReason reason) => Controls.Do(() => Agent.OnEnded(new CallEnd(reason)));

    /// <summary>The service makes a response that says <paramref name="text"/>, whole.</summary>
    public string Speak(string text, string status = "completed")
    {
        var (response, item) = ($"resp_{++_ids}", $"item_A{_ids}");
        Say("response.created", $$$"""{"response":{"id":"{{{response}}}"}}""");
        Say("response.output_item.added", $$$"""{"response_id":"{{{response}}}","item":{"id":"{{{item}}}","type":"message","role":"assistant"}}""");
        Say("response.audio_transcript.delta", $$"""{"response_id":"{{response}}","item_id":"{{item}}","delta":"{{text}}"}""");
        Say("response.audio_transcript.done", $$"""{"response_id":"{{response}}","item_id":"{{item}}","transcript":"{{text}}"}""");
        Say("response.done", $$$"""{"response":{"id":"{{{response}}}","status":"{{{status}}}","output":[]}}""");
        return item;
    }

    /// <summary>The caller says something; the transcription comes with <paramref name="transcribe"/>.</summary>
    public string Hear(string? text, string? previous = null, bool transcribe = true)
    {
        var item = $"item_U{++_ids}";
        Say("input_audio_buffer.speech_started", $$"""{"item_id":"{{item}}"}""");
        Say("input_audio_buffer.speech_stopped", $$"""{"item_id":"{{item}}"}""");
        Say("input_audio_buffer.committed", JsonSerializer.Serialize(new { item_id = item, previous_item_id = previous }));
        if (transcribe)
            Transcribe(item, text!);
        return item;
    }

    public void Transcribe(string item, string text) =>
        Say("conversation.item.input_audio_transcription.completed", $$"""{"item_id":"{{item}}","transcript":"{{text}}"}""");

    /// <summary>A function call, announced as complete.</summary>
    public void Call(string response, string callId, string name, string arguments = "{}", string status = "completed")
    {
        var item = JsonSerializer.Serialize(new { id = "item_" + callId, type = "function_call", status, name, call_id = callId, arguments });
        Say("response.output_item.added", $$$"""{"response_id":"{{{response}}}","item":{{{item}}}}""");
        Say("response.function_call_arguments.done",
            JsonSerializer.Serialize(new { response_id = response, item_id = "item_" + callId, call_id = callId, name, arguments }));
        Say("response.output_item.done", $$$"""{"response_id":"{{{response}}}","item":{{{item}}}}""");
    }

    public void Respond(string response) => Say("response.created", $$$"""{"response":{"id":"{{{response}}}"}}""");

    public void Finish(string response, string status = "completed") =>
        Say("response.done", $$$"""{"response":{"id":"{{{response}}}","status":"{{{status}}}","output":[]}}""");

    public IReadOnlyList<(string CallId, string Output)> Outputs => [.. Controls.SentOf("conversation.item.create")
        .Select(json => json.GetProperty("item"))
        .Where(item => item.GetProperty("type").GetString() == "function_call_output")
        .Select(item => (item.GetProperty("call_id").GetString()!, item.GetProperty("output").GetString()!))];

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(Controls.Failures);
        await Agent.DisposeAsync();
        Controls.Dispose();
        await _services.DisposeAsync();
    }

    private ToolRegistry Open(IReadOnlyList<AgentTool> builtIn, IEnumerable<AIFunction> tools)
    {
        var all = builtIn.Concat(tools.Select(tool => new AgentTool(tool, ToolLimits.Default)));
        return new ToolRegistry(all.ToDictionary(tool => tool.Name), _services.CreateAsyncScope());
    }
}
