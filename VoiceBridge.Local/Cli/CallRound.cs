using System.Globalization;
using VoiceBridge.Local.Web;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local.Cli;

/// <summary>Places the calls of one run.</summary>
internal sealed class CallRound(LocalSystem system, SimulatedAzure azure, LocalOptions options, TimeProvider time)
{
    private const int Questions = 200;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(20);
    private readonly List<SimulatedCall> _calls = [];
    private readonly List<WebCaller> _web = [];

    /// <summary>The calls that were placed.</summary>
    public IReadOnlyList<SimulatedCall> Calls => _calls;

    /// <summary>The callers in a browser.</summary>
    public IReadOnlyList<WebCaller> WebCallers => _web;

    /// <summary>
    /// Places <paramref name="count"/> calls over ACS and <paramref name="twilio"/> over Twilio, side by side, one after the other, each <paramref name="length"/> long once
    /// answered.
    /// </summary>
    public async Task PlaceAsync(int count, int twilio, TimeSpan? length, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Math.Max(count, twilio) && !cancellationToken.IsCancellationRequested; i++)
        {
            if (i < count) Place(PhoneNetwork.Acs, i, length);
            if (i < twilio) Place(PhoneNetwork.Twilio, i, length);
            await Task.Delay(Between, time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Callers in a browser, until <see cref="HangUpAsync"/>.</summary>
    public async Task PlaceWebAsync(int count, CancellationToken cancellationToken)
    {
        for (var i = 1; i <= count; i++)
            _web.Add(await WebCaller.StartAsync(system, string.Create(CultureInfo.InvariantCulture, $"browser-{i}"), cancellationToken));
    }

    /// <summary>Waits until all have ended by themselves.</summary>
    public Task WhenEndedAsync(CancellationToken cancellationToken) => Task.WhenAll(_calls.Select(call => call.WhenEnded)).WaitAsync(cancellationToken);

    private void Place(PhoneNetwork network, int index, TimeSpan? length)
    {
        var from = string.Create(CultureInfo.InvariantCulture, $"+1425555{100 + _calls.Count:0000}");
        _calls.Add(azure.PlaceCall(new CallPlan
        {
            Network = network,
            From = from,
            // Every third caller interrupts the agent.
            Script = index % 3 == 0 ? CallerScript.Default : CallerScript.Conversation(Questions),
            HangUpAfter = length,
            RecordTo = options.RecordFolder is { } folder ? Path.Combine(folder, $"{from[1..]}.wav") : null,
        }));
    }

    /// <summary>Everybody hangs up.</summary>
    public async Task HangUpAsync()
    {
        foreach (var caller in _web) await caller.DisposeAsync();
        try
        {
            await Task.WhenAll(_calls.Select(call => call.HangUpAsync())).WaitAsync(EndDeadline, time);
        }
        catch (TimeoutException)
        {
            // The summary names the calls that have not ended.
        }
    }
}
