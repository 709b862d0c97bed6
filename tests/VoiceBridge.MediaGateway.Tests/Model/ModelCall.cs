using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Tests.Agents;
using VoiceBridge.MediaGateway.Tools;

namespace VoiceBridge.MediaGateway.Tests.Model;

/// <summary>One call over the real loop, agent, scheduler, keeper and uplink, under a fake clock, with a <see cref="ModelService"/> instead of sockets. What must
/// always hold is asserted as it runs.</summary>
internal sealed class ModelCall : ICallControls, IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(15);
    private static readonly AIFunction Work = AIFunctionFactory.Create((string text) => text, "work", "A tool.");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _services = new ServiceCollection().AddScoped<CallContext>().BuildServiceProvider();
    private readonly FakeJournal _journal = new();
    private readonly Lock _gate = new();
    private readonly Queue<(string Name, Action Handle)> _toolsDone = new();
    private readonly SessionKeeper _keeper = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
    private readonly Uplink _uplink = new(AudioFormat.Pcm24k, TimeSpan.FromSeconds(3));
    private readonly CallAgent _agent;
    private readonly ModelService _service;
    private readonly List<string> _log = [];
    private IDisposable? _wake;
    private DateTimeOffset _playsUntil;
    private DateTimeOffset _lastSound;
    private int _frames;
    private int _events;

    public ModelCall(IReadOnlyList<(int Kind, int Wait)> script, byte[] choices)
    {
        Loop = new CallLoop(_time, 10_000, () => Agent?.OnSettled(), (exception, signal) => Failures.Add($"{signal}: {exception}"));
        Loop.OnWake = () => { };
        var settings = AgentBench.ReadSettings(new Dictionary<string, string?>());
        _agent = new CallAgent(this, settings.Profiles["default"], [], new AgentParts(
            builtIn => new ToolRegistry(builtIn.Append(new AgentTool(Work, ToolLimits.Default)).ToDictionary(tool => tool.Name), _services.CreateAsyncScope()),
            new ToolRunner(_time, NullLogger<ToolRunner>.Instance), settings.Prices, _journal, new RefusedTools(), null,
            new ResponseTimes(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)), _time, NullLogger.Instance));
        _service = new ModelService(this, script, choices);
        _playsUntil = _lastSound = _time.GetUtcNow();
    }

    public CallLoop Loop { get; }

    public List<string> Failures { get; } = [];

    public CallEnd? Ended { get; private set; }

    public int Interruptions { get; private set; }

    public ICallTimers Timers => Loop;

    public CallFacts Facts { get; } = new FakeCallControls().Facts;

    public TimeSpan Remaining => _playsUntil > _time.GetUtcNow() ? _playsUntil - _time.GetUtcNow() : TimeSpan.Zero;

    public TimeSpan SinceAudio => _time.GetUtcNow() - _lastSound;

    public DateTimeOffset Now => _time.GetUtcNow();

    public bool Interruptible => _agent.Interruptible;

    public int Frames => _frames;

    private CallAgent? Agent => Ended is null ? _agent : null;

    private ModelSession? Current => (ModelSession?)_keeper.Current;

    /// <summary>Runs to the end of the call; what went on, when something does not hold.</summary>
    public void Run()
    {
        try
        {
            Loop.Post("begin", () => Do(_keeper.Begin(Now)));
            Loop.Post("agent", () => Do(_keeper.OnAgentReady()));
            var began = Now;
            while (Ended is null)
            {
                Loop.RunDue();
                Say();
                _service.RunDue();
                Loop.RunDue();
                Check(Failures.Count == 0, string.Join('\n', Failures));
                CheckSilence();
                Check(Now - began < LongestCall, "the call does not end");
                _time.Advance(Tick);
            }
            _service.CheckAtEnd();
            Loop.Post("ended", () => _agent.OnEnded(Ended.Value));
            Loop.Complete();
            Loop.RunDue();
            Check(Failures.Count == 0, string.Join('\n', Failures));
        }
        finally
        {
            _agent.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    public void Check(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"{what}\n{_log.FirstOrDefault()}\n{string.Join('\n', _log.TakeLast(80))}");
    }

    public void Note(string what) => _log.Add($"{Now:mm:ss.f} {what}");

    /// <summary>A server event of a session.</summary>
    public void Event(ModelSession session, object fields)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(fields);
        var serverEvent = VoiceLiveEvents.Read(json)!;
        Note($"< {Encoding.UTF8.GetString(json)}");
        Loop.Post("server event", () => OnServerEvent(session, serverEvent));
    }

    public void OnOpened(ModelSession? session) => Loop.Post("opened", () =>
        Do(session is null ? _keeper.OnNotOpened("refused", Now) : _keeper.OnOpened(session)));

    public void OnLost(ModelSession session) => Loop.Post("lost", () =>
    {
        Note("session lost");
        Do(_keeper.OnOver(session, Now));
    });

    public void OnSpeech(ModelSession session, bool begins)
    {
        if (session == Current && begins)
            _uplink.Begins(0);
        else if (session == Current)
            _uplink.Committed();
        if (!begins || session != Current || !Interruptible || Remaining <= TimeSpan.Zero)
            return;
        _playsUntil = Now;
        Interruptions++;
        Loop.Post("barge-in", () => Agent?.OnBargeIn([], cancel: false));
    }

    /// <summary>Audio of a response; false when the caller does not hear it.</summary>
    public bool OnAudio(ModelSession session, string responseId, TimeSpan length)
    {
        if (session != Current || session.Muted.Contains(responseId))
            return false;
        _lastSound = Now;
        _playsUntil = (_playsUntil > Now ? _playsUntil : Now) + length;
        Loop.Post("audio", () => Agent?.OnResponseAudio(responseId));
        return true;
    }

    public void OnKey()
    {
        _playsUntil = Interruptible ? Now : _playsUntil;
        Agent?.OnDtmf("5");
    }

    public bool Post(string name, Action handle)
    {
        if (!name.StartsWith("tool ", StringComparison.Ordinal))
            return Loop.Post(name, handle);
        lock (_gate)
            _toolsDone.Enqueue((name, handle));
        return Ended is null;
    }

    /// <summary>The result of a tool that was called a moment ago, which runs on a thread of its own.</summary>
    public Action? TakeToolResult()
    {
        if (Ended is not null)
            return null;
        Action? done = null;
        SpinWait.SpinUntil(() =>
        {
            lock (_gate)
                done = _toolsDone.TryDequeue(out var first) ? first.Handle : null;
            return done is not null;
        }, TimeSpan.FromSeconds(30));
        var handle = done ?? throw new TimeoutException("the tool did not answer");
        return () => Loop.Post("tool", handle);
    }

    public void Send(ReadOnlyMemory<byte> clientEvent)
    {
        if (Current is { } session)
            ToService(session, clientEvent);
    }

    public void Mute(string responseId) => Current?.Muted.Add(responseId);

    public void Play(RecordingKind kind)
    {
        Note($"plays {kind}");
        _playsUntil = (_playsUntil > Now ? _playsUntil : Now) + TimeSpan.FromSeconds(kind switch { RecordingKind.Apology => 5, RecordingKind.Hold => 2, _ => 0.4 });
        if (kind == RecordingKind.Apology)
            _service.OnApology();
    }

    public void End(CallEnd end)
    {
        Note($"ends {end}");
        Ended ??= end;
    }

    public Task<string?> TransferAsync(string target, CancellationToken cancellationToken) => Task.FromResult<string?>("no");

    public void SendToCaller(ReadOnlyMemory<byte> json)
    {
    }

    public void Dispose()
    {
        Loop.Dispose();
        _uplink.Clear();
        _services.Dispose();
    }

    private void OnServerEvent(ModelSession session, VoiceLiveEvent serverEvent)
    {
        _service.OnDelivered(session, serverEvent);
        switch (serverEvent)
        {
            case SessionCreated:
                Do(_keeper.OnCreated(session, null, Now));
                break;
            case SessionUpdated:
                Do(_keeper.OnUpdated(session, null, Now));
                break;
            case ErrorEvent { Error: var error } when session.Stage is not (SessionStage.Current or SessionStage.Left):
                Do(_keeper.OnHandshakeError(session, error, Now));
                break;
        }
        if (session == Current)
            Agent?.OnServerEvent(serverEvent);
    }

    private void Do(IReadOnlyList<SessionAction> actions)
    {
        foreach (var action in actions)
        {
            var session = (ModelSession?)action.Session;
            switch (action.Move)
            {
                case SessionMove.Open:
                    _service.Open();
                    break;
                case SessionMove.Configure:
                    ToService(session!, _agent.SessionUpdate(AgentBench.Target, _keeper.Count > 0));
                    break;
                case SessionMove.Switch:
                    _service.OnSwitch(session!);
                    foreach (var opening in _agent.Opening(_keeper.Count > 1))
                        ToService(session!, opening);
                    _uplink.Attach(session!.Writer);
                    break;
                case SessionMove.Detach:
                    _uplink.Detach();
                    break;
                case SessionMove.GiveUp when _keeper.Count > 0:
                    Play(RecordingKind.Apology);
                    End(new CallEnd(CallEndReason.AgentLost, action.Detail));
                    break;
                case SessionMove.GiveUp:
                    End(new CallEnd(CallEndReason.NoAgent, action.Detail));
                    break;
            }
        }
        _wake?.Dispose();
        _wake = _keeper.WakeAt < DateTimeOffset.MaxValue ? Loop.At(_keeper.WakeAt > Now ? _keeper.WakeAt : Now + Tick, "session", () => Do(_keeper.OnTime(Now, _agent.IsQuiet))) : null;
    }

    private void ToService(ModelSession session, ReadOnlyMemory<byte> json)
    {
        Note($"> {Encoding.UTF8.GetString(json.Span)[..Math.Min(json.Length, 160)]}");
        _service.OnClientEvent(session, FakeCallControls.Parse(json));
    }

    /// <summary>A frame of the caller, numbered.</summary>
    private void Say()
    {
        Span<byte> samples = stackalloc byte[4_800];
        BitConverter.TryWriteBytes(samples, _frames++);
        _uplink.Pcm(samples);
    }

    private void CheckSilence()
    {
        if (Remaining > TimeSpan.Zero || _service.CallerSpeaks || _journal.Events.Count > _events)
            _service.LastReason = Now;
        _events = _journal.Events.Count;
        Check(Now - _service.LastReason < LongestSilence, "a silence that nothing explains");
    }
}

/// <summary>A session of the model: what it was sent, and what it does.</summary>
internal sealed class ModelSession : KeptSession
{
    public ModelSession(DateTimeOffset now)
        : base("model", now) =>
        Writer = new SocketWriter(Socket, AudioLane.Complete(TimeSpan.Zero), TimeSpan.FromMinutes(1), TimeProvider.System, _ => { });

    public ModelSocket Socket { get; } = new();

    public SocketWriter Writer { get; }

    public HashSet<string> Muted { get; } = [];

    public bool IsDead { get; set; }

    public string? Active { get; set; }

    public bool ActiveIsKnown { get; set; }

    public string? Requested { get; set; }

    public IReadOnlyList<int> Heard => Socket.Frames;
}
