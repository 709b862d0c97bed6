using System.Diagnostics;
using VoiceBridge.RelayBench.Wire;

namespace VoiceBridge.RelayBench.Load;

/// <summary>One caller's end of a call.</summary>
internal sealed class CallerEnd(LoadRun run, Reactor reactor, CallerRequest request, uint call) : WebSocketPeer(reactor, request.Port, request.PathAndQuery, request.Headers)
{
    private uint _nextSent;
    private uint _nextArrived;

    public void SendFrame(long due, LoadWindow? window)
    {
        var now = Stopwatch.GetTimestamp();
        if (window is not null)
        {
            window.SentUp++;
            if (now - due > LoadRun.LateTicks) window.LateSends++;
        }

        SendText(run.Frames.CallerFrame(new Mark(call, _nextSent++, due, now, now)));
    }

    protected override void OnOpen() => SendText(Frames.Metadata);

    protected override void OnMessage(Span<byte> message)
    {
        var at = Mark.Find(message);
        if (at < 0) return;
        var mark = Mark.Read(message[at..]);
        var now = Stopwatch.GetTimestamp();
        run.CountRelayed();
        if (run.WindowOf(mark.Due) is not { } window) return;
        window.ArrivedDown++;
        if (mark.Call != call || mark.Sequence < _nextArrived) window.Misdelivered++;
        _nextArrived = mark.Sequence + 1;
        window.Down.Add(Mark.Microseconds(mark.SentHere, now));
        window.RoundTrip.Add(Mark.Microseconds(mark.Sent, now));
        window.FromSchedule.Add(Mark.Microseconds(mark.Due, now));
    }

    protected override void OnClosed(string why) => run.OnCallClosed(why);
}
