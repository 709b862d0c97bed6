using System.Net.WebSockets;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>The one sender of a socket. Who finds it idle owns it and sends on its own thread; meanwhile others queue, and the owner
/// sends what they queued: control messages first, then audio. So the usual frame costs no hop between threads. Audio of a paced lane waits here until its time.</summary>
/// <remarks>The lock is held for a few assignments, never over I/O.</remarks>
internal sealed class SocketWriter(IMessageSender socket, AudioLane lane, TimeSpan writeDeadline, TimeProvider time, Action<string> onFailure)
{
    private readonly Lock _gate = new();
    private readonly Queue<OutMessage> _control = new();
    private readonly Queue<OutMessage> _audio = new();
    private readonly PlayoutPace? _pace = lane.Ahead > TimeSpan.Zero ? new PlayoutPace(lane.Ahead, time) : null;
    private ITimer? _resume;
    private bool _busy;
    private bool _closed;
    private bool _failed;
    private int _queuedMs;
    private long _pendingSince;
    private long _sent;
    private long _dropped;

    /// <summary>Messages written, control included.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Audio messages thrown away because they were too old.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The playing time of the audio that waits here, in milliseconds.</summary>
    public int BacklogMs => Volatile.Read(ref _queuedMs);

    /// <summary>Sends or queues audio. The message is the writer's from now on.</summary>
    public void Audio(in OutMessage message)
    {
        string? failure = null;
        lock (_gate)
        {
            if (_closed)
            {
                message.Release();
                return;
            }
            if (_busy || MustWait(message))
            {
                failure = Enqueue(message, time.GetTimestamp());
                if (failure is null)
                    return;
            }
            else
            {
                _busy = true;
                _pace?.Sent(message.AudioMs);
            }
        }
        if (failure is null)
            Send(message);
        else
            Fail(failure);
    }

    /// <summary>Sends or queues a control message: never dropped, ahead of queued audio, in order among its like.</summary>
    public void Control(in OutMessage message) => PostControl(message, interrupt: false);

    /// <summary>Drops the queued audio and then sends <paramref name="message"/>: no audio posted before is sent after it.</summary>
    public void Interrupt(in OutMessage message) => PostControl(message, interrupt: true);

    /// <summary>Closes the sending side after what is queued as control; later messages are discarded.</summary>
    public void Close() => PostControl(OutMessage.Close(), interrupt: true);

    /// <summary>Queues many at once, in order and before anything posted later, and then sends them.</summary>
    public void AudioBatch(Queue<OutMessage> messages)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            while (messages.TryDequeue(out var message))
            {
                if (_closed)
                    message.Release();
                else
                    Append(message, now);
            }
            if (_closed || _busy)
                return;
            _busy = true;
        }
        if (TryNext(out var first))
            Send(first);
    }

    /// <summary>Aborts the socket when a write is pending for too long, or the peer is silent for too long. Called by a shared coarse timer.</summary>
    public void CheckDeadline()
    {
        socket.CheckPeer();
        var since = Volatile.Read(ref _pendingSince);
        if (since != 0 && time.GetElapsedTime(since) > writeDeadline)
            Fail("the peer does not read");
    }

    private void PostControl(in OutMessage message, bool interrupt)
    {
        lock (_gate)
        {
            if (interrupt)
            {
                DropAudio();
                _pace?.Reset();
            }
            if (_closed)
            {
                message.Release();
                return;
            }
            if (message.Type == WebSocketMessageType.Close)
                Closed();
            if (_busy)
            {
                _control.Enqueue(message);
                return;
            }
            _busy = true;
        }
        Send(message);
    }

    private string? Enqueue(in OutMessage message, long now)
    {
        Append(message, now);
        if (lane.MaxBacklog > TimeSpan.Zero && _queuedMs > lane.MaxBacklog.TotalMilliseconds)
            return "the peer is too far behind";
        if (lane.MaxAge <= TimeSpan.Zero)
            return null;
        while (_audio.TryPeek(out var oldest) && time.GetElapsedTime(oldest.PostedAt, now) > lane.MaxAge)
        {
            Release(_audio.Dequeue());
            Volatile.Write(ref _dropped, _dropped + 1);
        }
        return null;
    }

    /// <summary>Whether audio is not to be sent yet, though nobody is sending.</summary>
    private bool MustWait(in OutMessage message)
    {
        if (_pace is null)
            return false;
        if (_audio.Count > 0)
            return true;
        if (_pace.Wait(message.AudioMs) is var wait && wait <= TimeSpan.Zero)
            return false;
        ResumeAfter(wait);
        return true;
    }

    /// <summary>A quarter of what the peer has left at the least, so that the timer does not run for each frame.</summary>
    private void ResumeAfter(TimeSpan wait)
    {
        _resume ??= time.CreateTimer(static writer => ((SocketWriter)writer!).Resume(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _resume.Change(wait > lane.Ahead / 4 ? wait : lane.Ahead / 4, Timeout.InfiniteTimeSpan);
    }

    private void Resume()
    {
        OutMessage first;
        lock (_gate)
        {
            if (_busy || !TryTake(out first))
                return;
            _busy = true;
        }
        Send(first);
    }

    private void Closed()
    {
        _closed = true;
        _resume?.Dispose();
    }

    private void Append(in OutMessage message, long now)
    {
        _audio.Enqueue(message.At(now));
        _queuedMs += message.AudioMs;
    }

    private void Release(in OutMessage message)
    {
        _queuedMs -= message.AudioMs;
        message.Release();
    }

    private void DropAudio()
    {
        while (_audio.TryDequeue(out var message))
            Release(message);
    }

    private void Send(in OutMessage first)
    {
        var message = first;
        do
        {
            try
            {
                message = message.Owned();
                var sending = socket.SendAsync(message);
                if (sending.IsCompletedSuccessfully)
                    sending.GetAwaiter().GetResult();
                else
                {
                    _ = FinishAsync(sending, message);
                    return;
                }
            }
            catch (Exception exception) when (IsSocketEnd(exception))
            {
                message.Release();
                Fail("the socket is gone");
                return;
            }
            Volatile.Write(ref _sent, _sent + 1);
            message.Release();
        }
        while (TryNext(out message));
    }

    private async Task FinishAsync(ValueTask sending, OutMessage message)
    {
        Volatile.Write(ref _pendingSince, Math.Max(1, time.GetTimestamp()));
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception exception) when (IsSocketEnd(exception))
        {
            message.Release();
            Fail("the socket is gone");
            return;
        }
        Volatile.Write(ref _pendingSince, 0);
        Volatile.Write(ref _sent, _sent + 1);
        message.Release();
        if (TryNext(out var next))
            Send(next);
    }

    private bool TryNext(out OutMessage message)
    {
        lock (_gate)
        {
            return _busy = TryTake(out message);
        }
    }

    /// <summary>The next message that may be sent now; where audio waits for its time, the timer is set.</summary>
    private bool TryTake(out OutMessage message)
    {
        if (_control.TryDequeue(out message))
            return true;
        if (!_audio.TryPeek(out message))
            return false;
        if (_pace is not null)
        {
            if (_pace.Wait(message.AudioMs) is var wait && wait > TimeSpan.Zero)
            {
                ResumeAfter(wait);
                return false;
            }
            _pace.Sent(message.AudioMs);
        }
        _queuedMs -= message.AudioMs;
        _audio.Dequeue();
        return true;
    }

    private void Fail(string why)
    {
        lock (_gate)
        {
            // Stays busy for ever: nobody may send on a socket that failed.
            _busy = true;
            Volatile.Write(ref _pendingSince, 0);
            DropAudio();
            while (_control.TryDequeue(out var message))
                message.Release();
            if (_failed)
                return;
            _failed = true;
            Closed();
        }
        socket.Abort();
        onFailure(why);
    }

    internal static bool IsSocketEnd(Exception exception) => exception is WebSocketException or IOException
        or OperationCanceledException or ObjectDisposedException or InvalidOperationException or System.Net.Sockets.SocketException;
}
