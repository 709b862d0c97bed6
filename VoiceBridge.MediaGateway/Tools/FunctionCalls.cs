using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Transcripts;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>The function calls of one call's sessions. Each is run once, when the service has said that it is complete (arguments come also
/// from responses that were cut off), and all of a response must be answered before the model is asked to go on
/// (Voice Live API, function calling). On the call's loop, to which what tools answer is posted.</summary>
internal sealed class FunctionCalls(Func<ToolCall, Task<ToolOutcome>> run, Func<string, Action, bool> post, IToolCallObserver observer)
{
    private const int MaxAtOnce = 16;

    private readonly HashSet<string> _seen = [];
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, string> _arguments = [];
    private readonly Dictionary<string, Batch> _batches = [];
    private readonly List<Task> _tasks = [];

    public int Running { get; private set; }

    /// <summary>For the end of the call: all tools that still run.</summary>
    public Task WhenAllAsync() => Task.WhenAll(_tasks);

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
            foreach (var item in response.Output)
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

    /// <summary>The session is gone. Calls that run go on; the next session does not know of them.</summary>
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
        Running++;
        var call = new ToolCall(responseId, callId, name, arguments ?? "{}");
        observer.OnToolStarted(call);
        var work = Running <= MaxAtOnce
            ? run(call)
            : Task.FromResult(new ToolOutcome(ToolOutcome.Error, "{\"error\":\"Too many tools at once.\"}"));
        _tasks.RemoveAll(task => task.IsCompleted);
        _tasks.Add(FinishAsync(call, batch, work));
    }

    private async Task FinishAsync(ToolCall call, Batch batch, Task<ToolOutcome> work)
    {
        var outcome = await work.ConfigureAwait(false);
        // A call that is over has no loop any more, and nothing is left to decide.
        if (!post($"tool {call.Name}", () => OnFinished(call, batch, outcome)))
            observer.OnToolFinished(call, outcome, batch.Orphaned);
    }

    private void OnFinished(ToolCall call, Batch batch, in ToolOutcome outcome)
    {
        batch.Open--;
        Running--;
        batch.WantsAnswer |= outcome.WantsAnswer;
        observer.OnToolFinished(call, outcome, batch.Orphaned);
        if (!batch.Orphaned)
            CloseIfAnswered(call.ResponseId, batch);
        else if (batch is { Open: 0, WantsAnswer: true })
            observer.OnToolsAnswered(wantsAnswer: true);
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
