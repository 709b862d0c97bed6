using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

/// <summary>Whether a thread that keeps its sockets waiting is seen.</summary>
public sealed class SocketThreadWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<SocketThreadWatch> _logger = new();

    [Theory]
    [InlineData(49, 0)]
    [InlineData(51, 1)]
    public void Delay_AboveFiftyMilliseconds_IsLogged(int milliseconds, int lines)
    {
        var watch = new SocketThreadWatch(_time, _logger);
        _time.Advance(TimeSpan.FromMinutes(1));
        var sentAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

        watch.Observe(new SocketThreadWatch.ThreadState(), sentAt);

        Assert.Equal(lines, _logger.Collector.GetSnapshot().Count(line => line.Message.Contains($"{milliseconds} ms late", StringComparison.Ordinal)));
    }

    [Fact]
    public void OneLineASecond_SaysWhatRan()
    {
        var watch = new SocketThreadWatch(_time, _logger);
        var thread = new SocketThreadWatch.ThreadState();
        _time.Advance(TimeSpan.FromMinutes(1));
        watch.Observe(thread, _time.GetTimestamp());
        for (var message = 0; message < 7; message++) SocketThreadWatch.CountMessage();
        for (var stall = 0; stall < 5; stall++)
        {
            var sentAt = _time.GetTimestamp();
            _time.Advance(TimeSpan.FromMilliseconds(150));
            watch.Observe(thread, sentAt);
        }

        Assert.Contains("150 ms late. Since it was last asked it handled 7 messages", Assert.Single(_logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EachDelay_IsMeasured_WhileTheGatewayRuns()
    {
        var delays = new ConcurrentQueue<double>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "voicebridge.socket_thread.delay") listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<double>((_, delay, _, _) => delays.Enqueue(delay));
        meters.Start();
        using var watch = new SocketThreadWatch(TimeProvider.System, _logger);

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watching = watch.WatchAsync(stopping.Token);
        await Eventually.True(() => delays.Count > 20, what: "measured delays");
        await stopping.CancelAsync();
        await watching;

        Assert.All(delays, delay => Assert.InRange(delay, 0, 60));
    }
}
