using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>The call's Voice Live sessions: the first, those that replace a lost one, and the one that is prepared before the service ends
/// the current one. All of it on the control loop, except <see cref="RunSessionAsync"/>.</summary>
internal abstract partial class MediaHandler
{
    private const int MaxShortSessions = 3;
    private static readonly TimeSpan ShortSession = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PrepareAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QuietLook = TimeSpan.FromMilliseconds(200);

    private readonly Lock _sessionsGate = new();
    private readonly List<VoiceLiveSession> _alive = [];
    private readonly List<Task> _sessionTasks = [];
    private volatile VoiceLiveSession? _next;
    private DateTimeOffset _deadline;
    private DateTimeOffset _prepareAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _switchBy = DateTimeOffset.MaxValue;
    private int _sessions;
    private int _shortSessions;
    private long _droppedBefore;
    private bool _opening;
    private bool _responding;
    private bool _callerSpeaks;

    /// <summary>Begins to open a session; what comes of it is a note.</summary>
    private void OpenSession(string? reserved)
    {
        _opening = true;
        _deadline = _time.GetUtcNow() + TimeSpan.FromSeconds(_services.VoiceLive.ConnectSeconds);
        lock (_sessionsGate)
        {
            _sessionTasks.RemoveAll(task => task.IsCompleted);
            _sessionTasks.Add(RunSessionAsync(reserved, urgent: Resumed && _session is null));
        }
        WakeAt(_deadline);
    }

    /// <summary>One session, from the connect to the end of its socket.</summary>
    private async Task RunSessionAsync(string? reserved, bool urgent)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(_services.VoiceLive.ConnectSeconds), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        VoiceLiveConnection connection;
        try
        {
            connection = await _services.Connector.ConnectAsync(_profile.Target, reserved, urgent, either.Token);
        }
        catch (Exception exception)
        {
            Log.Failed(_services.Logger, exception, Facts.ConnectionId);
            connection = new VoiceLiveConnection(null, "", null, exception.GetType().Name);
        }
        if (connection.Socket is null)
        {
            _notes.TryPost(new Note(NoteKind.SessionNotOpened, Data: connection.Failure ?? ""));
            return;
        }

        using var session = new VoiceLiveSession(connection, _services.Media, _time);
        lock (_sessionsGate)
            _alive.Add(session);
        Log.Connected(_services.Logger, Facts.ConnectionId, Facts.CallerShown);
        var over = PumpEnd.Stopped;
        try
        {
            if (_notes.TryPost(new Note(NoteKind.SessionOpened, session)))
                over = await session.RunAsync((message, _) => OnServerMessage(session, message));
        }
        catch (Exception exception)
        {
            Log.Failed(_services.Logger, exception, Facts.ConnectionId);
        }
        lock (_sessionsGate)
            _alive.Remove(session);
        session.Close();
        _notes.TryPost(new Note(NoteKind.SessionOver, session, over));
    }

    private void Handshake(VoiceLiveSession session, VoiceLiveEvent serverEvent)
    {
        switch (serverEvent)
        {
            case SessionCreated created:
                session.Created = created;
                if (created.Session?.ExpiresAt is { } expires)
                    Expect(session, expires);
                Configure(session);
                break;
            case SessionUpdated updated when session.Stage == SessionStage.Updating:
                session.Stage = SessionStage.Ready;
                if (updated.Session?.ExpiresAt is { } end)
                    Expect(session, end);
                if (_session is null)
                    Switch(session, updated);
                else
                    WakeAt(_time.GetUtcNow() + QuietLook);
                break;
            case ErrorEvent { Error: { } error }:
                // Without its settings the session would be somebody else's agent.
                Log.SettingsRefused(_services.Logger, Facts.ConnectionId, error.Code ?? "", error.Param ?? "", error.Message ?? "");
                session.Stage = SessionStage.Left;
                session.Abort();
                _opening = false;
                if (_session is null)
                    End(new CallEnd(NoSession, "Voice Live refused the session's settings"));
                else
                    WakeAt(_prepareAt = _time.GetUtcNow() + PrepareAgain);
                break;
        }
    }

    /// <summary>Sends the settings as soon as both the session and the agent are there.</summary>
    private void Configure(VoiceLiveSession? session)
    {
        if (session is not { Stage: SessionStage.Opened, Created: { } created } || _agent is not { } agent)
            return;
        session.Stage = SessionStage.Updating;
        var target = session.Target with { Model = created.Session?.Model ?? session.Target.Model };
        session.Writer.Control(OutMessage.Shared(agent.SessionUpdate(target, Resumed)));
    }

    /// <summary>The call goes on with this session.</summary>
    private void Switch(VoiceLiveSession session, SessionUpdated? updated)
    {
        var old = _session;
        var resumed = Resumed;
        _next = null;
        _opening = false;
        _sessions++;
        (_responding, _callerSpeaks) = (false, false);
        session.Stage = SessionStage.Current;
        session.CurrentSince = _time.GetTimestamp();
        if (old is not null)
        {
            Leave(old);
            _clock.Forget();
        }

        _session = session;
        PlanSwap(session);
        var agent = _agent!;
        if (session.Created is { } created)
            agent.OnServerEvent(created);
        if (updated is not null)
            agent.OnServerEvent(updated);
        foreach (var opening in agent.Opening(resumed))
            session.Writer.Control(OutMessage.Shared(opening));
        _uplink.Attach(session.Writer);
        old?.Close();
        if (_sessions > 1)
            _services.Journal.Event(Facts.CallId, "session", old is null ? "replaced a lost one" : "swapped before its end");
    }

    private void OnSessionOver(VoiceLiveSession session, PumpEnd over)
    {
        var stage = session.Stage;
        session.Stage = SessionStage.Left;
        if (session == _next)
            _next = null;
        if (_ended.Task.IsCompleted || stage == SessionStage.Left)
            return;

        Log.SessionLost(_services.Logger, Facts.ConnectionId, session.Endpoint, session.Failure ?? over.ToString());
        if (session == _session)
        {
            _session = null;
            _uplink.Detach();
            _clock.Forget();
            Leave(session);
            _shortSessions = _time.GetElapsedTime(session.CurrentSince) < ShortSession ? _shortSessions + 1 : 0;
            if (_shortSessions > MaxShortSessions)
                End(new CallEnd(CallEndReason.AgentLost, "one session after the other was lost"));
            else if (_next is { Stage: SessionStage.Ready } prepared)
                Switch(prepared, null);
            else if (_next is null && !_opening)
                OpenSession(null);
            else
                WakeAt(_deadline);
        }
        else if (_session is null)
        {
            // It was lost before it was ready: what is left of the deadline is for another try.
            if (++_shortSessions > MaxShortSessions)
            {
                End(new CallEnd(NoSession, "one session after the other was lost"));
                return;
            }
            var left = _deadline;
            OpenSession(null);
            _deadline = left;
            WakeAt(_deadline);
        }
        else
        {
            _opening = false;
            _prepareAt = _time.GetUtcNow() + PrepareAgain;
            WakeAt(_prepareAt);
        }
    }

    private void OnNotOpened(string why)
    {
        _opening = false;
        Log.NotOpened(_services.Logger, Facts.ConnectionId, why);
        if (_session is null)
            End(new CallEnd(NoSession, why));
        else
            WakeAt(_prepareAt = _time.GetUtcNow() + PrepareAgain);
    }

    private void OnWake()
    {
        var now = _time.GetUtcNow();
        if (_session is null)
        {
            if (now >= _deadline)
                End(new CallEnd(NoSession, "no session was ready in time"));
            else
                WakeAt(_deadline);
            return;
        }

        if (_next is { Stage: SessionStage.Ready } prepared)
        {
            var quiet = !_responding && !_callerSpeaks && !_clock.IsPlaying;
            if (quiet || now >= _switchBy)
                Switch(prepared, null);
            else
                WakeAt(now + QuietLook);
        }
        else if (_next is null && !_opening && now >= _prepareAt)
        {
            _prepareAt = DateTimeOffset.MaxValue;
            OpenSession(null);
        }
        else if (_next is not null && now >= _deadline)
        {
            // Opened, but it never became ready.
            _next.Abort();
            WakeAt(_prepareAt = now + PrepareAgain);
        }
        else if (_prepareAt < DateTimeOffset.MaxValue)
            WakeAt(_prepareAt);
    }

    private CallEndReason NoSession => _sessions == 0 ? CallEndReason.NoAgent : CallEndReason.AgentLost;

    private bool Resumed => Facts.Resumed || _sessions > 0;

    private void Expect(VoiceLiveSession session, double expiresAt)
    {
        // Anything else is not a time in Unix seconds.
        if (expiresAt is < 1 or > 100_000_000_000)
            return;
        session.ExpiresAt = DateTimeOffset.UnixEpoch.AddSeconds(expiresAt);
        if (session.Stage == SessionStage.Current)
            PlanSwap(session);
    }

    /// <summary>Half of a short life, or the configured lead before the end of a long one, is left to prepare the next session.</summary>
    private void PlanSwap(VoiceLiveSession session)
    {
        (_prepareAt, _switchBy) = (DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);
        if (session.ExpiresAt is not { } end)
            return;
        var life = end - session.OpenedAt;
        var lead = TimeSpan.FromSeconds(Math.Min(_services.VoiceLive.SwapLeadSeconds, life.TotalSeconds / 2));
        _prepareAt = end - lead;
        _switchBy = end - (lead / 4 < LastMoment ? lead / 4 : LastMoment);
        WakeAt(_prepareAt);
    }

    private void WakeAt(DateTimeOffset at)
    {
        // The earliest counts; the tick clears it.
        var wanted = at.UtcTicks;
        long current;
        do
        {
            current = Volatile.Read(ref _wakeAt);
        }
        while (wanted < current && Interlocked.CompareExchange(ref _wakeAt, wanted, current) != current);
    }

    private void Leave(VoiceLiveSession session)
    {
        session.Stage = SessionStage.Left;
        Volatile.Write(ref _droppedBefore, _droppedBefore + session.Writer.Dropped);
    }

    private void CloseSessions()
    {
        _uplink.Detach();
        lock (_sessionsGate)
        {
            foreach (var session in _alive)
                session.Close();
        }
    }

    private async Task EndSessionsAsync()
    {
        Task all;
        lock (_sessionsGate)
            all = Task.WhenAll(_sessionTasks);
        if (await Within(all, PeerDeadline))
            return;
        lock (_sessionsGate)
        {
            foreach (var session in _alive)
                session.Abort();
        }
        await all;
    }
}
