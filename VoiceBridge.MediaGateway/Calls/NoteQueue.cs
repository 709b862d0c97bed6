using System.Collections.Concurrent;
using System.Threading.Channels;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>What waits for a call's control loop, in order. Some of it can wait for company: waking the loop costs more than most notes do.</summary>
/// <param name="most">More than so many are not taken.</param>
internal sealed class NoteQueue(int most)
{
    private readonly ConcurrentQueue<Note> _notes = new();

    // Room for one wake: a second one has nothing to say.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private int _count;
    private volatile bool _completed;

    /// <summary>Adds a note and wakes the loop; false when it is full or complete.</summary>
    public bool TryPost(in Note note)
    {
        if (!TryAdd(note))
            return false;
        _wake.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Adds a note that is handled with the next one posted, or after <see cref="Wake"/>; false when it is full or complete.</summary>
    public bool TryAdd(in Note note)
    {
        if (_completed)
            return false;
        if (Interlocked.Increment(ref _count) > most)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        _notes.Enqueue(note);
        return true;
    }

    /// <summary>Wakes the loop if there is something for it.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _count) > 0)
            _wake.Writer.TryWrite(true);
    }

    /// <summary>Nothing comes any more; what is there is still read.</summary>
    public void Complete()
    {
        _completed = true;
        _wake.Writer.TryComplete();
    }

    public async IAsyncEnumerable<Note> ReadAllAsync()
    {
        bool open;
        do
        {
            open = await _wake.Reader.WaitToReadAsync();
            _wake.Reader.TryRead(out _);
            while (_notes.TryDequeue(out var note))
            {
                Interlocked.Decrement(ref _count);
                yield return note;
            }
        }
        while (open);
    }
}
