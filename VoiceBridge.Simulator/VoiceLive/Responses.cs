using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>The responses of one session: one at a time, each on its own task, each beginning with <c>response.created</c> and ending with
/// <c>response.done</c>.</summary>
internal sealed class Responses(
    SimulatedSession session, SessionConfiguration configuration, EventSender events, History history, VoiceLiveBehaviour behaviour, SessionFaults faults, TimeProvider time)
{
    private static readonly VoiceLiveFault Failure = new() { Kind = VoiceLiveFaultKind.ResponseFails, Message = "The model failed." };

    private readonly Lock _gate = new();
    private readonly ResponseOutput _output = new(session, configuration, events, history, behaviour, time);
    private readonly UsageMeter _usage = new();
    private ActiveResponse? _active;
    private Task _last = Task.CompletedTask;
    private int _ids;

    /// <summary>Whether audio was ever delivered.</summary>
    internal bool Spoken => _output.Spoken;

    internal bool IsActive
    {
        get
        {
            lock (_gate) return _active is not null;
        }
    }

    /// <summary>Begins a response unless there is one. What it does is decided after <paramref name="delay"/>; it is announced at once.</summary>
    internal bool TryBegin(Func<AgentReply> decide, TimeSpan delay, bool requested, JsonNode? metadata = null)
    {
        lock (_gate)
        {
            if (_active is not null) return false;
            var response = new ActiveResponse($"resp_{++_ids}_{Random.Shared.Next():x8}", metadata?.DeepClone(), FaultOf(requested));
            var before = _last;
            _active = response;
            _last = response.Running = Task.Run(() => RunAsync(response, before, decide, delay));
            return true;
        }
    }

    /// <summary>Stops the active response; false when there is none, or it is another one than <paramref name="id"/>.</summary>
    internal bool Cancel(string reason, string? id = null)
    {
        lock (_gate)
        {
            if (_active is null || (id is not null && id != _active.Id)) return false;
            _active.Reason ??= reason;
            _active.Stop.Cancel();
            return true;
        }
    }

    /// <summary>Done when no response is active.</summary>
    internal Task WhenIdleAsync()
    {
        lock (_gate) return _active?.Running ?? Task.CompletedTask;
    }

    /// <summary>Done when the active response, if there is one, was announced: nobody hears of a conflict with a response that is not known yet.</summary>
    internal Task WhenAnnouncedAsync()
    {
        lock (_gate) return _active?.Announced.Task ?? Task.CompletedTask;
    }

    /// <summary>How much of the item a client could have played by now, if it began at once.</summary>
    internal (SimulatedItem Item, double Ms)? Playing()
    {
        lock (_gate)
        {
            return _active is { Item: { } item, Began: > 0 } active ? (item, Math.Min(time.GetElapsedTime(active.Began).TotalMilliseconds, item.AudioMs)) : null;
        }
    }

    private VoiceLiveFault? FaultOf(bool requested) => behaviour.ResponsesFail
        ? Failure
        : faults.Take(
            history.LastSaid, requested, VoiceLiveFaultKind.ResponseFails, VoiceLiveFaultKind.ResponseIncomplete, VoiceLiveFaultKind.ResponseEmpty,
            VoiceLiveFaultKind.ResponseTextOnly, VoiceLiveFaultKind.ResponseNeverDone);

    private async Task RunAsync(ActiveResponse response, Task before, Func<AgentReply> decide, TimeSpan delay)
    {
        // Clients hear of the end of the one before first.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await events.SendAsync("response.created", ("response", Describe(response, "in_progress", [])));
        response.Announced.TrySetResult();
        var output = new JsonArray();
        try
        {
            await Task.Delay(delay, time, response.Stop.Token);
            var reply = response.WithoutOutput ? new AgentReply(null) : decide();
            var index = 0;
            if (reply.Say is { Length: > 0 } say) output.Add(await _output.SayAsync(response, say, reply.Aside, index++));
            foreach (var call in reply.Calls)
            {
                if (!response.Stop.IsCancellationRequested) output.Add(await _output.CallAsync(response, call, index++));
            }
        }
        catch (OperationCanceledException)
        {
            // Cancelled before it said anything.
        }
        finally
        {
            // From here on another one may be asked for: who answers response.done with response.create must not come too early.
            var status = (response.Stop.IsCancellationRequested, response.Fault) switch
            {
                (true, _) => "cancelled",
                (_, VoiceLiveFaultKind.ResponseFails) => "failed",
                (_, VoiceLiveFaultKind.ResponseIncomplete) => "incomplete",
                _ => "completed",
            };
            lock (_gate) _active = null;
            if (response.Fault != VoiceLiveFaultKind.ResponseNeverDone) await events.SendAsync("response.done", ("response", Describe(response, status, output)));
            response.Stop.Dispose();
        }
    }

    private JsonObject Describe(ActiveResponse response, string status, JsonArray output)
    {
        return new JsonObject
        {
            ["id"] = response.Id,
            ["object"] = "realtime.response",
            ["status"] = status,
            ["status_details"] = response.Details(status),
            ["output"] = output,
            ["metadata"] = faults.Has(VoiceLiveFaultKind.MetadataNotEchoed) ? null : response.Metadata?.DeepClone(),
            ["usage"] = status is "in_progress" or "cancelled" ? null : _usage.Count(history.Items, response.Item),
        };
    }
}
