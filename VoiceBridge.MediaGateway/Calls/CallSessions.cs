using VoiceBridge.Cluster.Events;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>A call's Voice Live sessions: opens, configures, switches and closes them as its <see cref="SessionKeeper"/> decides. On the call's loop, except
/// <see cref="RunSessionAsync"/>.</summary>
internal sealed partial class CallSessions(
    CallServices services, CallLoop loop, CallAudio audio, Func<CallFacts> facts, Action<CallEnd> end, CancellationToken stopping)
{
    /// <summary>A caller who has no session for so long is told to hold.</summary>
    private static readonly TimeSpan HoldAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MinWait = TimeSpan.FromMilliseconds(20);

    private readonly SessionKeeper _keeper = new(
        TimeSpan.FromSeconds(services.VoiceLive.ConnectSeconds), TimeSpan.FromSeconds(services.VoiceLive.SwapLeadSeconds));

    private readonly Lock _gate = new();
    private readonly List<VoiceLiveSession> _alive = [];
    private readonly List<Task> _tasks = [];
    private Configuration.AgentProfile? _profile;
    private IDisposable? _wake;
    private string? _reserved;
    private ICallAgent? _agent;

    /// <summary>The session that the call is on.</summary>
    public VoiceLiveSession? Current => (VoiceLiveSession?)_keeper.Current;

    private bool Resumed => facts().Resumed || _keeper.Count > 0;

    /// <summary>Opens the first session, on the endpoint that is reserved where there is one.</summary>
    public void Begin(Configuration.AgentProfile profile, string? reserved)
    {
        (_profile, _reserved) = (profile, reserved);
        audio.EndOfTurn = profile.EndOfTurn;
        Do(_keeper.Begin(loop.Now));
    }

    public void OnAgentReady(ICallAgent agent)
    {
        _agent = agent;
        Do(_keeper.OnAgentReady());
    }

    /// <summary>True when the event is for the agent: its session is the call's.</summary>
    public bool OnServerEvent(VoiceLiveSession session, VoiceLiveEvent serverEvent)
    {
        switch (serverEvent)
        {
            case SessionCreated created:
                session.Target = session.Target with { Model = created.Session.Model ?? session.Target.Model };
                Do(_keeper.OnCreated(session, created.Session.ExpiresAt, loop.Now));
                break;
            case SessionUpdated updated:
                Do(_keeper.OnUpdated(session, updated.Session.ExpiresAt, loop.Now));
                break;
            case ErrorEvent { Error: var error } when session.Stage is not (SessionStage.Current or SessionStage.Left):
                // Without its settings the session would be somebody else's agent.
                Log.SettingsRefused(services.Logger, facts().ConnectionId, session.Endpoint, error.Code ?? error.Type ?? "", error.Param ?? "", error.Message ?? "");
                Do(_keeper.OnHandshakeError(session, error, loop.Now));
                break;
        }
        return session.Stage == SessionStage.Current;
    }

    /// <summary>On the shared timer.</summary>
    public void CheckDeadlines()
    {
        lock (_gate)
        {
            foreach (var session in _alive)
                session.Writer.CheckDeadline();
        }
    }

    /// <summary>The call is over; from any thread.</summary>
    public void Close()
    {
        audio.Use(null);
        lock (_gate)
        {
            foreach (var session in _alive)
                session.Close();
        }
    }

    /// <summary>All that is left of the sessions.</summary>
    public Task WhenOverAsync()
    {
        lock (_gate)
            return Task.WhenAll(_tasks);
    }

    public void Abort()
    {
        lock (_gate)
        {
            foreach (var session in _alive)
                session.Abort();
        }
    }

    private void Do(IReadOnlyList<SessionAction> actions)
    {
        foreach (var action in actions)
            Do(action);
        _wake?.Dispose();
        // Whatever the keeper forgets, the loop must not spin.
        _wake = _keeper.WakeAt < DateTimeOffset.MaxValue
            ? loop.At(_keeper.WakeAt > loop.Now ? _keeper.WakeAt : loop.Now + MinWait, "session", () => Do(_keeper.OnTime(loop.Now, _agent?.IsQuiet == true)))
            : null;
    }

    private void Do(in SessionAction action)
    {
        var session = (VoiceLiveSession?)action.Session;
        switch (action.Move)
        {
            case SessionMove.Open:
                Open(action.Detail);
                break;
            case SessionMove.Configure:
                session!.Writer.Control(OutMessage.Shared(_agent!.SessionUpdate(session.Target, Resumed)));
                break;
            case SessionMove.LeaveOutTool:
                _agent!.LeaveOutTool(int.Parse(action.Detail!, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case SessionMove.Switch:
                Switch(session!);
                break;
            case SessionMove.Detach:
                audio.Use(null);
                loop.After(HoldAfter, HoldCaller);
                break;
            case SessionMove.Close:
                session!.Close();
                break;
            case SessionMove.Abort:
                session?.Abort();
                break;
            case SessionMove.BlameEndpoint:
                services.Connector.Blame(session!.Endpoint);
                break;
            case SessionMove.GiveUp:
                GiveUp(action.Detail ?? "");
                break;
        }
    }

    private void Switch(VoiceLiveSession session)
    {
        var isFirst = _keeper.Count == 1;
        var replaces = audio.HasSession;
        audio.Use(session);
        var agent = _agent!;
        agent.OnServerEvent(new SessionCreated(new SessionInfo(session.Target.Model)));
        foreach (var opening in agent.Opening(facts().Resumed || !isFirst))
            session.Writer.Control(OutMessage.Shared(opening));
        // Before the service hears anything that it could take for an interruption.
        audio.Interruptible = agent.Interruptible;
        audio.Attach(session);
        if (!isFirst && !replaces)
            services.Journal.Happened(ClusterLogKind.SessionsReplaced, session.Endpoint);
        if (!isFirst)
            services.Journal.Event(facts().CallId, "session", replaces ? "swapped before its end" : "replaced a lost one");
    }

    private void HoldCaller()
    {
        if (_keeper.Current is not null || audio.Remaining > TimeSpan.Zero)
            return;
        services.Journal.Event(facts().CallId, "hold", "no session");
        audio.Play(Recording.Find(RecordingKind.Hold, _profile!.Languages));
    }

    /// <summary>A caller who has been talking hears an apology before the call ends.</summary>
    private void GiveUp(string why)
    {
        if (_keeper.Count == 0)
        {
            end(new CallEnd(CallEndReason.NoAgent, why));
            return;
        }
        audio.Play(Recording.Find(RecordingKind.Apology, _profile!.Languages));
        loop.After(audio.Remaining, () => end(new CallEnd(CallEndReason.AgentLost, why)));
    }

    private void Open(string? avoid)
    {
        var reserved = _reserved;
        _reserved = null;
        var urgent = Resumed && _keeper.Current is null;
        lock (_gate)
        {
            _tasks.RemoveAll(task => task.IsCompleted);
            _tasks.Add(RunSessionAsync(reserved, urgent, avoid));
        }
    }

    /// <summary>One session, from the connect to the end of its socket.</summary>
    private async Task RunSessionAsync(string? reserved, bool urgent, string? avoid)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(services.VoiceLive.ConnectSeconds), services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        VoiceLiveConnection connection;
        try
        {
            connection = await services.Connector.ConnectAsync(_profile!.Target, reserved, urgent, avoid, either.Token);
        }
        catch (Exception exception)
        {
            Log.Failed(services.Logger, exception, facts().ConnectionId);
            connection = new VoiceLiveConnection(null, "", null, exception.GetType().Name);
        }
        if (connection.Socket is null)
        {
            var failure = connection.Failure ?? "";
            if (!stopping.IsCancellationRequested)
                OnRefused(failure);
            loop.Post("session not opened", () => Do(_keeper.OnNotOpened(failure, loop.Now)));
            return;
        }

        using var session = new VoiceLiveSession(connection, services.Media, services.Time);
        lock (_gate)
            _alive.Add(session);
        Log.Connected(services.Logger, facts().ConnectionId, facts().CallerShown);
        var why = "the call is over";
        try
        {
            if (loop.Post("session opened", () => Do(_keeper.OnOpened(session))))
                why = await session.RunAsync((message, _) => audio.OnServerMessage(session, message));
        }
        catch (Exception exception)
        {
            Log.Failed(services.Logger, exception, facts().ConnectionId);
            why = exception.GetType().Name;
        }
        lock (_gate)
            _alive.Remove(session);
        session.Close();
        loop.Post("session over", () => OnOver(session, why));
    }

    private void OnRefused(string failure)
    {
        Log.NotOpened(services.Logger, facts().ConnectionId, failure);
        var (endpoint, why) = failure.Split(": ", 2) is [var name, var rest] ? (name, rest) : ("", failure);
        services.Journal.Happened(ClusterLogKind.SessionsRefused, endpoint, why);
    }

    private void OnOver(VoiceLiveSession session, string why)
    {
        if (session.Stage != SessionStage.Left)
        {
            Log.SessionLost(services.Logger, facts().ConnectionId, session.Endpoint, why);
            services.Journal.Event(facts().CallId, "session", $"lost: {why}");
            services.Journal.Happened(ClusterLogKind.SessionsLost, session.Endpoint, why);
        }
        Do(_keeper.OnOver(session, loop.Now));
    }

    private static partial class Log
    {
        [LoggerMessage(2301, LogLevel.Information, "[connection_id={ConnectionId}] Connected to Voice Live API for caller_id={CallerId}")]
        public static partial void Connected(ILogger logger, string connectionId, string callerId);

        [LoggerMessage(2303, LogLevel.Warning, "[connection_id={ConnectionId}] Voice Live session on {Endpoint} was lost: {Why}")]
        public static partial void SessionLost(ILogger logger, string connectionId, string endpoint, string why);

        [LoggerMessage(2304, LogLevel.Warning, "[connection_id={ConnectionId}] No Voice Live session: {Why}")]
        public static partial void NotOpened(ILogger logger, string connectionId, string why);

        [LoggerMessage(2305, LogLevel.Error, "[connection_id={ConnectionId}] Voice Live on {Endpoint} refused the session's settings: {Code} {Param} {Text}")]
        public static partial void SettingsRefused(ILogger logger, string connectionId, string endpoint, string code, string param, string text);

        [LoggerMessage(2307, LogLevel.Error, "[connection_id={ConnectionId}] The call's handler failed")]
        public static partial void Failed(ILogger logger, Exception exception, string connectionId);
    }
}
