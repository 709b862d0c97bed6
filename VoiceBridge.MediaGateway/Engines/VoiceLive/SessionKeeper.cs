using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>
/// Keeps a call on a session: the first, those that replace a lost one, and the one that is prepared before the service ends the current one. Decides only:
/// each member takes what has happened and the time, and returns what is to be done. On the call's loop only.
/// </summary>
/// <param name="connectTime">A call without a ready session for so long is given up.</param>
/// <param name="swapLead">The next session is prepared so long before the end of the current one.</param>
internal sealed class SessionKeeper(TimeSpan connectTime, TimeSpan swapLead)
{
    private const int MaxShortSessions = 3;
    private const int MaxRefusedTools = 16;
    private static readonly TimeSpan ShortSession = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PrepareAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QuietCheck = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    private readonly List<SessionAction> _actions = [];
    private readonly List<KeptSession> _left = [];
    private DateTimeOffset _deadline;
    private DateTimeOffset _prepareAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _switchBy = DateTimeOffset.MaxValue;
    private DateTimeOffset _quietAt = DateTimeOffset.MaxValue;
    private bool _opening;
    private bool _agentReady;
    private bool _over;
    private int _shortSessions;
    private int _shortLives;
    private int _refusedTools;

    public KeptSession? Current { get; private set; }

    public KeptSession? Next { get; private set; }

    /// <summary>How many sessions the call has been on.</summary>
    public int Count { get; private set; }

    /// <summary>When <see cref="OnTime"/> has something to decide.</summary>
    public DateTimeOffset WakeAt
    {
        get
        {
            if (_over)
                return DateTimeOffset.MaxValue;
            var at = Current is null || Next is { Stage: not SessionStage.Ready } ? _deadline
                : Next is not null ? _quietAt
                : _opening ? DateTimeOffset.MaxValue
                : _prepareAt;
            return _left.Aggregate(at, (earliest, session) => Min(earliest, session.AbortAt));
        }
    }

    public IReadOnlyList<SessionAction> Begin(DateTimeOffset now) => Decide(() => Open(now, null));

    public IReadOnlyList<SessionAction> OnAgentReady() => Decide(() =>
    {
        _agentReady = true;
        Configure(Next);
    });

    public IReadOnlyList<SessionAction> OnOpened(KeptSession session) => Decide(() =>
    {
        _opening = false;
        Next = session;
    });

    public IReadOnlyList<SessionAction> OnNotOpened(string why, DateTimeOffset now) => Decide(() =>
    {
        _opening = false;
        if (Current is null)
            Add(SessionMove.GiveUp, detail: why);
        else
            _prepareAt = now + PrepareAgain;
    });

    public IReadOnlyList<SessionAction> OnCreated(KeptSession session, double? expiresAt, DateTimeOffset now) => Decide(() =>
    {
        if (session.Stage != SessionStage.Opened)
            return;
        session.Stage = SessionStage.Greeted;
        Expect(session, expiresAt, now);
        Configure(session);
    });

    public IReadOnlyList<SessionAction> OnUpdated(KeptSession session, double? expiresAt, DateTimeOffset now) => Decide(() =>
    {
        Expect(session, expiresAt, now);
        if (session.Stage != SessionStage.Updating)
            return;
        session.Stage = SessionStage.Ready;
        if (Current is null)
            Switch(session, now);
        else
            _quietAt = now + QuietCheck;
    });

    /// <summary>An error before the session was ready. What is wrong with the settings is wrong everywhere; anything else may be well on another endpoint.</summary>
    public IReadOnlyList<SessionAction> OnHandshakeError(KeptSession session, ErrorInfo error, DateTimeOffset now) => Decide(() =>
    {
        if (session.Stage is SessionStage.Current or SessionStage.Left)
            return;
        if (ToolIndex(error.Param) is { } index && session.Stage == SessionStage.Updating && _refusedTools++ < MaxRefusedTools)
        {
            Add(SessionMove.LeaveOutTool, session, index);
            Add(SessionMove.Configure, session);
            return;
        }
        var isSettings = error.Type == "invalid_request_error";
        session.Stage = SessionStage.Left;
        Next = null;
        Add(SessionMove.Abort, session);
        if (!isSettings)
            OnLostBeforeReady(session, now);
        else if (Current is null)
            Add(SessionMove.GiveUp, session, "Voice Live refused the session's settings");
        else
            _prepareAt = now + PrepareAgain;
    });

    /// <summary>The session's socket is gone.</summary>
    public IReadOnlyList<SessionAction> OnOver(KeptSession session, DateTimeOffset now) => Decide(() =>
    {
        var stage = session.Stage;
        session.Stage = SessionStage.Left;
        _left.Remove(session);
        if (session == Next)
            Next = null;
        if (stage == SessionStage.Left)
            return;
        if (session != Current)
        {
            OnLostBeforeReady(session, now);
            return;
        }

        Current = null;
        Add(SessionMove.Detach, session);
        var wasShort = now - session.CurrentSince < ShortSession;
        _shortSessions = wasShort ? _shortSessions + 1 : 0;
        if (wasShort)
            Add(SessionMove.BlameEndpoint, session);
        if (_shortSessions > MaxShortSessions)
            Add(SessionMove.GiveUp, session, "one session after the other was lost");
        else if (Next is { Stage: SessionStage.Ready } prepared)
            Switch(prepared, now);
        else if (Next is null && !_opening)
            Open(now, wasShort ? session.Endpoint : null);
        else
            _deadline = now + connectTime;
    });

    /// <summary>The time has come that <see cref="WakeAt"/> said.</summary>
    /// <param name="now">The time.</param>
    /// <param name="quiet">Nobody speaks, and nothing is about to be said.</param>
    public IReadOnlyList<SessionAction> OnTime(DateTimeOffset now, bool quiet) => Decide(() =>
    {
        foreach (var session in _left.Where(session => session.AbortAt <= now).ToArray())
        {
            _left.Remove(session);
            Add(SessionMove.Abort, session);
        }
        if (Current is null)
        {
            if (now >= _deadline)
                Add(SessionMove.GiveUp, detail: "no session was ready in time");
            return;
        }
        if (Next is { Stage: SessionStage.Ready } prepared)
        {
            if (quiet || now >= _switchBy)
                Switch(prepared, now);
            else
                _quietAt = now + QuietCheck;
        }
        else if (Next is null && !_opening && now >= _prepareAt)
        {
            Open(now, null);
        }
        else if (Next is { } slow && now >= _deadline)
        {
            // Opened, but it never became ready.
            Next = null;
            slow.Stage = SessionStage.Left;
            Add(SessionMove.Abort, slow);
            _prepareAt = now + PrepareAgain;
        }
    });

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    /// <summary>The index in <c>session.tools[1].parameters</c>.</summary>
    private static string? ToolIndex(string? param)
    {
        const string Tools = "session.tools[";
        var start = param?.StartsWith(Tools, StringComparison.Ordinal) == true ? Tools.Length : param?.StartsWith("tools[", StringComparison.Ordinal) == true ? 6 : -1;
        var end = start < 0 ? -1 : param!.IndexOf(']', start);
        return end > start && int.TryParse(param![start..end], out var index) && index >= 0 ? param[start..end] : null;
    }

    private SessionAction[] Decide(Action decide)
    {
        if (_over)
            return [];
        decide();
        SessionAction[] actions = [.. _actions];
        _actions.Clear();
        _over = actions.Any(action => action.Move == SessionMove.GiveUp);
        return actions;
    }

    private void Add(SessionMove move, KeptSession? session = null, string? detail = null) => _actions.Add(new SessionAction(move, session, detail));

    private void Open(DateTimeOffset now, string? avoid)
    {
        _opening = true;
        _prepareAt = DateTimeOffset.MaxValue;
        _deadline = now + connectTime;
        Add(SessionMove.Open, detail: avoid);
    }

    private void Configure(KeptSession? session)
    {
        if (session is not { Stage: SessionStage.Greeted } || !_agentReady)
            return;
        session.Stage = SessionStage.Updating;
        Add(SessionMove.Configure, session);
    }

    private void Switch(KeptSession session, DateTimeOffset now)
    {
        var old = Current;
        Next = null;
        _quietAt = DateTimeOffset.MaxValue;
        Count++;
        Current = session;
        session.Stage = SessionStage.Current;
        session.CurrentSince = now;
        PlanSwap(session, now);
        Add(SessionMove.Switch, session);
        if (old is null)
            return;
        old.Stage = SessionStage.Left;
        old.AbortAt = now + CloseTime;
        _left.Add(old);
        Add(SessionMove.Close, old);
    }

    /// <summary>What is left of the deadline is for another try, elsewhere.</summary>
    private void OnLostBeforeReady(KeptSession session, DateTimeOffset now)
    {
        Add(SessionMove.BlameEndpoint, session);
        if (Current is not null)
            _prepareAt = now + PrepareAgain;
        else if (++_shortSessions > MaxShortSessions)
            Add(SessionMove.GiveUp, session, "one session after the other was lost");
        else if (!_opening)
        {
            var deadline = _deadline;
            Open(now, session.Endpoint);
            _deadline = deadline;
        }
    }

    private void Expect(KeptSession session, double? expiresAt, DateTimeOffset now)
    {
        // Anything else is not a time in Unix seconds.
        if (expiresAt is not { } seconds || seconds is < 1 or > 100_000_000_000)
            return;
        session.ExpiresAt = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        if (session.Stage == SessionStage.Current)
            PlanSwap(session, now);
    }

    /// <summary>Half of a short life, or the configured lead before the end of a long one, is left to prepare the next session. A service that announces one
    /// short life after the other is not believed: each swap costs a connection of the budget.</summary>
    private void PlanSwap(KeptSession session, DateTimeOffset now)
    {
        (_prepareAt, _switchBy) = (DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);
        if (session.ExpiresAt is not { } end || end <= now)
            return;
        var life = end - session.OpenedAt;
        if (session.CurrentSince == now)
            _shortLives = life < ShortLife ? _shortLives + 1 : 0;
        if (_shortLives > MaxShortSessions)
            return;
        var lead = TimeSpan.FromSeconds(Math.Min(swapLead.TotalSeconds, life.TotalSeconds / 2));
        _prepareAt = end - lead;
        _switchBy = end - (lead / 4 < LastMoment ? lead / 4 : LastMoment);
    }
}
