using System.Diagnostics;
using VoiceBridge.RelayBench.Wire;

namespace VoiceBridge.RelayBench.Load;

/// <summary>One agent's end of a call, as Voice Live is: sends the caller's audio back as deltas.</summary>
internal sealed class AgentEnd(LoadRun run, Reactor reactor, int socket, TlsContext? tls) : WebSocketPeer(reactor, socket, tls)
{
    private Conversation? _conversation;
    private uint _nextArrived;

    protected override void OnOpen() => SendText(Frames.SessionCreated);

    protected override void OnMessage(Span<byte> message)
    {
        var at = Mark.Find(message);
        if (at < 0)
        {
            OnEvent(message);
            return;
        }

        var mark = Mark.Read(message[at..]);
        var now = Stopwatch.GetTimestamp();
        run.CountRelayed();
        var window = run.WindowOf(mark.Due);
        if (window is not null)
        {
            window.ArrivedUp++;
            if (mark.Sequence < _nextArrived) window.Misdelivered++;
            window.Up.Add(Mark.Microseconds(mark.SentHere, now));
        }

        _nextArrived = mark.Sequence + 1;
        _conversation ??= new Conversation((int)mark.Call, run.Plan.Talk, this);
        _conversation.OnFrame(mark.Sequence);
        if (!_conversation.Speaks || (mark.Sequence + 1) % run.Plan.FramesPerDelta != 0) return;
        if (window is not null) window.SentDown++;
        SendText(run.Frames.AgentDelta(mark with { SentHere = Stopwatch.GetTimestamp() }, _conversation.Response));
    }

    private void OnEvent(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"session.update\""u8) >= 0)
        {
            SendText(Frames.SessionUpdated);
            SendText(Frames.ResponseCreated);
        }
        else if (message.IndexOf("\"response.create\""u8) >= 0) _conversation?.OnResponseWanted();
        else if (message.IndexOf("\"function_call_output\""u8) >= 0) _conversation?.OnToolAnswered();
    }
}
