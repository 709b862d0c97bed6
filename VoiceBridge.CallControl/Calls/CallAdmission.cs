using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls;

/// <summary>Whether a call got a slot, and if not, what it waited for last.</summary>
internal readonly record struct AdmissionVerdict(bool Admitted, bool Blind, string Why);

/// <summary>Lets a call ring until there is room for it, at most until its <c>Admission:RingSeconds</c> are over.</summary>
internal sealed class CallAdmission(
    AdmissionDesk desk, BlindShare blind, CapacitySignal signal, CallCounters counters, IOptions<CallOptions> options, TimeProvider time)
{
    /// <summary>Those who wait ask again this often, and when something has changed.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public async Task<AdmissionVerdict> WaitAsync(IncomingCall call, CancellationToken cancellationToken)
    {
        using var activity = VoiceBridgeTelemetry.Source.StartActivity("admit call");
        var settings = options.Value;
        var policy = new AdmissionPolicy(settings.Admission.Headroom, settings.VoiceLive.RecoveryReserve);
        var until = call.RangAt + TimeSpan.FromSeconds(settings.Admission.RingSeconds);
        while (true)
        {
            // Before asking: what happens in between wakes the wait below.
            var change = signal.Next;
            var verdict = await AskAsync(call.CallId, policy, cancellationToken);
            var remaining = until - time.GetUtcNow();
            if (verdict.Admitted || remaining <= TimeSpan.Zero)
            {
                var waited = time.GetUtcNow() - call.RangAt;
                if (waited < TimeSpan.Zero) waited = TimeSpan.Zero; // The event's clock is not ours.
                VoiceBridgeTelemetry.AdmissionWait.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("outcome", verdict.Why));
                counters.AddLatency("admission_wait", waited);
                activity?.SetTag("outcome", verdict.Why);
                return verdict;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(change, Task.Delay(remaining < Interval ? remaining : Interval, time, either.Token));
            await either.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<AdmissionVerdict> AskAsync(string callId, AdmissionPolicy policy, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await desk.TryReserveAsync(callId, policy, cancellationToken);
            return new AdmissionVerdict(outcome.Admitted, Blind: false, outcome.Admitted ? "admitted" : Name(outcome.Why));
        }
        catch (Exception exception) when (RedisAway.Is(exception))
        {
            return blind.TryTake(callId)
                ? new AdmissionVerdict(Admitted: true, Blind: true, "admitted_blind")
                : new AdmissionVerdict(Admitted: false, Blind: true, "blind");
        }
    }

    private static string Name(AdmissionWait why) => why switch
    {
        AdmissionWait.NoGateway => "no_gateway",
        AdmissionWait.VoiceLive => "voice_live",
        AdmissionWait.Queue => "queue",
        AdmissionWait.Settling => "settling",
        _ => "capacity",
    };
}
