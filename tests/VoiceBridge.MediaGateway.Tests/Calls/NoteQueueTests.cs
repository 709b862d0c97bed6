using VoiceBridge.MediaGateway.Calls;

namespace VoiceBridge.MediaGateway.Tests.Calls;

public sealed class NoteQueueTests
{
    [Fact]
    public async Task Notes_ComeInOrder_ThoseThatWaitForCompanyToo()
    {
        var queue = new NoteQueue(10);
        queue.TryAdd(Numbered(1));
        queue.TryPost(Numbered(2));
        queue.TryAdd(Numbered(3));
        queue.Complete();

        Assert.Equal([1, 2, 3], await AllAsync(queue));
    }

    [Fact]
    public async Task Note_ThatWaitsForCompany_WaitsUntilSomebodyWakesTheLoop()
    {
        var queue = new NoteQueue(10);
        queue.TryAdd(Numbered(1));
        var reading = queue.ReadAllAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = reading.MoveNextAsync();
        Assert.False(next.IsCompleted);

        queue.Wake();

        Assert.True(await next);
        Assert.Equal(1, reading.Current.Length);
        queue.Complete();
        Assert.False(await reading.MoveNextAsync());
        await reading.DisposeAsync();
    }

    [Fact]
    public async Task Queue_TakesNoMoreThanItMay_AndNothingOnceComplete()
    {
        var queue = new NoteQueue(2);
        Assert.True(queue.TryPost(Numbered(1)));
        Assert.True(queue.TryAdd(Numbered(2)));
        Assert.False(queue.TryPost(Numbered(3)));
        queue.Complete();
        Assert.Equal([1, 2], await AllAsync(queue));
        Assert.False(queue.TryPost(Numbered(4)));
    }

    private static Note Numbered(int number) => new(NoteKind.Wake, Length: number);

    private static async Task<List<int>> AllAsync(NoteQueue queue)
    {
        var all = new List<int>();
        await foreach (var note in queue.ReadAllAsync())
            all.Add(note.Length);
        return all;
    }
}
