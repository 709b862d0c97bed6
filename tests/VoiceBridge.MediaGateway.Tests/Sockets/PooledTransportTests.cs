using System.IO.Pipelines;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

public sealed class PooledTransportTests
{
    private readonly Pipe _up = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly Pipe _down = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 2,
        resumeWriterThreshold: 1, useSynchronizationContext: false));
    private readonly PooledTransport _transport;

    public PooledTransportTests() => _transport = new PooledTransport(new Duplex(_up.Reader, _down.Writer));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WaitingRead_GoesOnOnTheSocketsThread_OnlyAfterTheUpgrade(bool upgraded)
    {
        if (upgraded)
            _transport.StayInline();
        var reading = ThreadOfAsync(_transport.Input.ReadAsync(TestContext.Current.CancellationToken));
        var socketThread = OnThread(() => _up.Writer.WriteAsync(new byte[1]).AsTask().Wait());
        Assert.Equal(upgraded, await reading == socketThread);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WaitingFlush_GoesOnOnTheSocketsThread_OnlyAfterTheUpgrade(bool upgraded)
    {
        if (upgraded)
            _transport.StayInline();
        var writing = ThreadOfAsync(_transport.Output.WriteAsync(new byte[4], TestContext.Current.CancellationToken));
        Assert.False(writing.IsCompleted);
        var socketThread = OnThread(() =>
        {
            Assert.True(_down.Reader.TryRead(out var result));
            _down.Reader.AdvanceTo(result.Buffer.End);
        });
        Assert.Equal(upgraded, await writing == socketThread);
    }

    private static async Task<int> ThreadOfAsync<T>(ValueTask<T> waiting)
    {
        await waiting.ConfigureAwait(false);
        return Environment.CurrentManagedThreadId;
    }

    private static int OnThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
        return thread.ManagedThreadId;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
