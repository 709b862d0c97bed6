using System.Diagnostics;
using VoiceBridge.RelayBench.Wire;

namespace VoiceBridge.RelayBench.Load;

/// <summary>
/// Callers and agents at once, on one thread of epoll: callers send 50 frames a second by the clock, each call at its own phase of the 20 ms, and the agents' end
/// answers. Nothing waits for a response before it sends, so that a slow server is not spared. Both directions are timed apart, frame by frame.
/// </summary>
internal sealed class LoadRun : IDisposable
{
    private const int SendsAtOnce = 16;
    private const long ArrivalPoll = 1_000;
    private static readonly long TicksPerMicrosecond = Stopwatch.Frequency / 1_000_000;
    private static readonly TimeSpan Straggling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    private readonly Reactor _reactor = new();
    private readonly Listener _listener;
    private readonly TlsContext? _tls;
    private readonly CallerEnd?[] _callers;
    private readonly List<AgentEnd> _agents = [];
    private readonly Action _sendDue;
    private IArrivals? _arrivals;
    private LoadWindow[] _windows = [];
    private int _arrived;
    private bool _ending;
    private long _relayed;
    private long _start;
    private long _step;

    /// <param name="plan">What to do.</param>
    /// <param name="upstreamPort">Where this run plays the agents' service.</param>
    /// <param name="tls">The agents' certificate, where they speak TLS.</param>
    public LoadRun(LoadPlan plan, int upstreamPort, TlsContext? tls)
    {
        (Plan, _tls, _sendDue) = (plan, tls, SendDue);
        Frames = new Frames(plan.FramesPerDelta);
        _callers = new CallerEnd?[plan.Calls];
        _listener = new Listener(_reactor, upstreamPort, socket => _agents.Add(new AgentEnd(this, _reactor, socket, _tls)));
    }

    /// <summary>A frame that is sent so long after its time shows that the generator is the limit.</summary>
    public static long LateTicks { get; } = 5_000 * TicksPerMicrosecond;

    public LoadPlan Plan { get; }

    public Frames Frames { get; }

    /// <summary>Why calls ended before the run did; those that never stood among them.</summary>
    public List<string> Dropped { get; } = [];

    /// <summary>
    /// Runs the plan on this thread, from now on. <paramref name="arrivals"/> says when each caller connects, and where to; <paramref name="bracket"/> is called at
    /// the beginning (true) and at the end (false) of each phase.
    /// </summary>
    public IReadOnlyList<LoadWindow> Run(IArrivals arrivals, Action<Phase, bool> bracket)
    {
        _arrivals = arrivals;
        Libc.WaitPrecisely();
        if (Plan.Pinned) Libc.PinTo(1);
        _start = Stopwatch.GetTimestamp();
        _windows = [.. Plan.Phases.Select(phase => new LoadWindow(phase, _start, Plan))];
        foreach (var window in _windows) RunUntil(window, bracket);
        _ending = true;
        Drain();
        return _windows;
    }

    /// <summary>The window that a frame counts in, by the time when the caller's frame was due.</summary>
    public LoadWindow? WindowOf(long due)
    {
        foreach (var window in _windows)
            if (window.Holds(due)) return window;
        return null;
    }

    public void CountRelayed() => _relayed++;

    public void OnCallClosed(string why)
    {
        if (!_ending) Dropped.Add(why);
    }

    private void RunUntil(LoadWindow window, Action<Phase, bool> bracket)
    {
        while (!window.HasBegun(Stopwatch.GetTimestamp())) Turn();
        var (relayed, cpu) = (_relayed, Libc.ThreadCpu());
        bracket(window.Phase, true);
        while (!window.HasEnded(Stopwatch.GetTimestamp())) Turn();
        bracket(window.Phase, false);
        (window.Relayed, window.GeneratorCpu) = (_relayed - relayed, Libc.ThreadCpu() - cpu);
    }

    private void Turn()
    {
        while (_arrived < Plan.Calls && _arrivals!.TryTake(Stopwatch.GetElapsedTime(_start), out var request)) Arrive(request);
        if (_arrived < Plan.Calls && Stopwatch.GetElapsedTime(_start) > Plan.Arrival + ConnectTime)
        {
            Dropped.AddRange(Enumerable.Repeat("never answered", Plan.Calls - _arrived));
            _arrived = Plan.Calls;
        }

        SendDue();
        var wait = Plan.Spins ? 0 : (DueOf(_step) - Stopwatch.GetTimestamp()) / TicksPerMicrosecond;
        _reactor.Run(Math.Clamp(wait, 0, _arrived < Plan.Calls ? ArrivalPoll : long.MaxValue), _sendDue);
    }

    private void Arrive(CallerRequest request)
    {
        try
        {
            _callers[_arrived] = new CallerEnd(this, _reactor, request, (uint)_arrived);
        }
        catch (IOException exception)
        {
            Dropped.Add(exception.Message);
        }

        _arrived++;
    }

    /// <summary>Sends what is due, a few frames at a time, so that what has arrived does not wait behind a backlog.</summary>
    private void SendDue()
    {
        for (var sends = 0; sends < SendsAtOnce; _step++)
        {
            var due = DueOf(_step);
            if (Stopwatch.GetTimestamp() < due) return;
            if (_callers[_step % Plan.Calls] is not { IsOpen: true } caller) continue;
            caller.SendFrame(due, WindowOf(due));
            sends++;
        }
    }

    /// <summary>Calls are spread evenly over the time of a frame, as independent callers are.</summary>
    private long DueOf(long step) =>
        _start + (step / Plan.Calls * Plan.FrameMicroseconds + step % Plan.Calls * Plan.FrameMicroseconds / Plan.Calls) * TicksPerMicrosecond;

    /// <summary>Waits for what is still on its way, as long as something comes.</summary>
    private void Drain()
    {
        var (last, lastAt) = (_relayed, Stopwatch.GetTimestamp());
        var end = Stopwatch.GetTimestamp();
        while (_windows.Any(window => window.Lost > 0) && Stopwatch.GetElapsedTime(end) < Straggling && Stopwatch.GetElapsedTime(lastAt) < TimeSpan.FromMilliseconds(500))
        {
            _reactor.Run(5_000);
            if (_relayed != last) (last, lastAt) = (_relayed, Stopwatch.GetTimestamp());
        }
    }

    public void Dispose()
    {
        _ending = true;
        foreach (var caller in _callers) caller?.Close();
        foreach (var agent in _agents) agent.Close();
        _listener.Dispose();
        _reactor.Dispose();
        _tls?.Dispose();
    }
}
