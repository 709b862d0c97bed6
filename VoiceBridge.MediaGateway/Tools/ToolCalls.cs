using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>The function calls of one call's sessions. Each is run once, when the service has said that it is complete (arguments come also
/// from responses that were cut off), and all of a response must be answered before the model is asked to go on
/// (Voice Live API, function calling). Everything here runs under the call's lock, the tools themselves do not.</summary>
internal sealed class ToolCalls(Lock gate, Func<string, string?, Task<ToolOutcome>> run, IToolCallObserver observer)
{
    private const int MostAtOnce = 16;

    private readonly Lock _gate = gate;
    private readonly HashSet<string> _seen = [];
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, string> _arguments = [];
    private readonly Dictionary<string, Batch> _batches = [];
    private readonly HashSet<Task> _running = [];

    public int Running => _running.Count;

    /// <summary>For the end of the call: all tools that still run.</summary>
    public Task WhenAllAsync() => Task.WhenAll(_running);

    public void OnItemAdded(ItemInfo item)
    {
        if (item is { CallId: { } callId, Name: { Length: > 0 } name })
            _names[callId] = name;
    }

    public void OnArguments(FunctionArgumentsDone done)
    {
        if (done.Name is { Length: > 0 } name)
            _names[done.CallId] = name;
        if (done.Arguments is { } arguments)
            _arguments[done.CallId] = arguments;
    }

    /// <summary>A function call is complete, or was cut off: then it is not run.</summary>
    public void OnItemDone(string responseId, ItemInfo item)
    {
        if (item.Status is null or "completed")
            Start(responseId, item);
    }

    /// <summary>The response is over: calls that were not announced otherwise are run, and when all are answered the model may go on.</summary>
    public void OnResponseDone(ResponseInfo response)
    {
        if (response.Status == "completed")
        {
            foreach (var item in response.Output ?? [])
            {
                if (item is { Type: "function_call", Status: null or "completed" })
                    Start(response.Id, item);
            }
        }
        if (_batches.TryGetValue(response.Id, out var batch))
        {
            batch.ResponseDone = true;
            CloseIfAnswered(response.Id, batch);
        }
    }

    /// <summary>The session is gone. Calls that run go on, but their answers have no place in the next session as function outputs.</summary>
    public void Reset()
    {
        foreach (var batch in _batches.Values)
            batch.Orphaned = true;
        _batches.Clear();
        _seen.Clear();
        _names.Clear();
        _arguments.Clear();
    }

    private void Start(string responseId, ItemInfo item)
    {
        if (item.CallId is not { Length: > 0 } callId || !_seen.Add(callId))
            return;
        var name = item.Name is { Length: > 0 } given ? given : _names.GetValueOrDefault(callId, "");
        var arguments = item.Arguments is { Length: > 0 } own ? own : _arguments.GetValueOrDefault(callId);
        _names.Remove(callId);
        _arguments.Remove(callId);
        if (!_batches.TryGetValue(responseId, out var batch))
            _batches[responseId] = batch = new Batch();
        batch.Open++;
        observer.OnToolStarted(name);
        var work = _running.Count < MostAtOnce
            ? run(name, arguments)
            : Task.FromResult(new ToolOutcome(ToolOutcome.Error, "{\"error\":\"Too many tools at once.\"}"));
        var call = new ToolCall(responseId, callId, name);
        var finishing = FinishAsync(call, batch, work);
        if (!finishing.IsCompleted)
        {
            _running.Add(finishing);
            _ = finishing.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task FinishAsync(ToolCall call, Batch batch, Task<ToolOutcome> work)
    {
        // Never under the lock that Start holds: the outcome of one call must not be handled amid the start of another.
        var outcome = await work.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            batch.Open--;
            batch.WantsAnswer |= outcome.WantsAnswer;
            observer.OnToolFinished(call, outcome, batch.Orphaned);
            if (!batch.Orphaned)
                CloseIfAnswered(call.ResponseId, batch);
            else if (batch is { Open: 0, WantsAnswer: true })
                observer.OnToolsAnswered(wantsAnswer: true);
        }
    }

    private void Forget(Task finished)
    {
        lock (_gate)
        {
            _running.Remove(finished);
            if (_running.Count == 0)
                observer.OnToolsIdle();
        }
    }

    private void CloseIfAnswered(string responseId, Batch batch)
    {
        if (batch is not { ResponseDone: true, Open: 0 })
            return;
        _batches.Remove(responseId);
        observer.OnToolsAnswered(batch.WantsAnswer);
    }

    /// <summary>The calls of one response.</summary>
    private sealed class Batch
    {
        public int Open { get; set; }

        public bool ResponseDone { get; set; }

        public bool WantsAnswer { get; set; }

        public bool Orphaned { get; set; }
    }
}
