using System.Globalization;
using VoiceBridge.Local.Web;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local.Cli;

/// <summary>Places the calls of one run, at its beginning and whenever the prompt says so.</summary>
internal sealed class CallRound(LocalSystem system, SimulatedAzure azure, LocalOptions options, TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(20);
    private readonly Lock _gate = new();
    private readonly List<SimulatedCall> _calls = [];
    private readonly List<WebCaller> _web = [];

    /// <summary>The calls that were placed.</summary>
    public IReadOnlyList<SimulatedCall> Calls
    {
        get
        {
            lock (_gate) return [.. _calls];
        }
    }

    /// <summary>The callers in a browser.</summary>
    public IReadOnlyList<WebCaller> WebCallers
    {
        get
        {
            lock (_gate) return [.. _web];
        }
    }

    /// <summary>
    /// Places <paramref name="acs"/> calls over ACS and <paramref name="twilio"/> over Twilio, side by side, one after the other, each <paramref name="length"/> long once answered.
    /// </summary>
    public async Task<IReadOnlyList<SimulatedCall>> PlaceAsync(int acs, int twilio, TimeSpan? length, string? from, CancellationToken cancellationToken)
    {
        var placed = new List<SimulatedCall>();
        var count = Math.Max(acs, twilio);
        for (var i = 0; i < count && !cancellationToken.IsCancellationRequested; i++)
        {
            if (i < acs) placed.Add(Place(PhoneNetwork.Acs, i, length, from));
            if (i < twilio) placed.Add(Place(PhoneNetwork.Twilio, i, length, from));
            if (i + 1 < count) await Task.Delay(Between, time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        return placed;
    }

    /// <summary>Callers in a browser, until they hang up.</summary>
    public async Task PlaceWebAsync(int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i++)
        {
            var caller = await WebCaller.StartAsync(system, string.Create(CultureInfo.InvariantCulture, $"browser-{WebCallers.Count + 1}"), cancellationToken);
            lock (_gate) _web.Add(caller);
        }
    }

    /// <summary>Waits until all have ended by themselves, those included that are placed meanwhile.</summary>
    public async Task WhenEndedAsync(CancellationToken cancellationToken)
    {
        while (Calls.Where(call => !call.WhenEnded.IsCompleted).Select(call => call.WhenEnded).ToArray() is { Length: > 0 } open)
            await Task.WhenAll(open).WaitAsync(cancellationToken);
    }

    /// <summary>Everybody hangs up.</summary>
    public async Task HangUpAsync()
    {
        await HangUpWebAsync();
        try
        {
            await Task.WhenAll(Calls.Select(call => call.HangUpAsync())).WaitAsync(EndDeadline, time);
        }
        catch (TimeoutException)
        {
            // The summary names the calls that have not ended.
        }
    }

    /// <summary>Those in a browser hang up.</summary>
    public async Task HangUpWebAsync()
    {
        foreach (var caller in WebCallers) await caller.DisposeAsync();
    }

    private SimulatedCall Place(PhoneNetwork network, int index, TimeSpan? length, string? from)
    {
        lock (_gate)
        {
            from ??= string.Create(CultureInfo.InvariantCulture, $"+1425555{100 + _calls.Count:0000}");
            var call = azure.PlaceCall(new CallPlan
            {
                Network = network,
                From = from,
                // Every third caller interrupts the agent.
                Script = index % 3 == 0 ? Callers.Interrupter : Callers.Questioner,
                HangUpAfter = length,
                RecordTo = options.RecordFolder is { } folder ? Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{from.TrimStart('+')}-{_calls.Count + 1}.wav")) : null,
            });
            _calls.Add(call);
            return call;
        }
    }
}
