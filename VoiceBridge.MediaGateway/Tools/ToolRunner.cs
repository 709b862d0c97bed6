using System.Diagnostics;
using System.Text.Json;
using System.Text;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Transcripts;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>Runs one tool call within its limits. Whatever the tool does, there is an outcome: it never throws.</summary>
internal sealed partial class ToolRunner(TimeProvider time, ILogger<ToolRunner> logger)
{
    /// <summary>The name under which a tool finds the key of its call in <see cref="AIFunctionArguments.Context"/>: the same one however
    /// often the call is made.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <inheritdoc cref="IdempotencyKey"/>
    public static string? KeyOf(AIFunctionArguments arguments) =>
        arguments.Context?.TryGetValue(IdempotencyKey, out var key) == true ? key as string : null;

    public async Task<ToolOutcome> RunAsync(
        ToolRegistry tools, ToolCall call, string key, ActivityContext parent, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        // Names come from the model: only those that exist become labels and span names.
        var tool = tools.Find(call.Name);
        var label = tool?.Name ?? "(unknown)";
        using var activity = VoiceBridgeTelemetry.Source.StartActivity($"tool {label}", ActivityKind.Internal, parent);
        var outcome = tool is null
            ? Failed(ToolOutcome.Unknown, "There is no such tool.")
            : await RunAsync(tool, call.Arguments, key, tools.Services, cancellationToken).ConfigureAwait(false);
        var took = time.GetElapsedTime(began);
        VoiceBridgeTelemetry.ToolCalls.Add(1, new("tool", label), new("outcome", outcome.Kind));
        VoiceBridgeTelemetry.ToolDuration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("tool", label));
        activity?.SetTag("outcome", outcome.Kind);
        if (!outcome.Succeeded)
            activity?.SetStatus(ActivityStatusCode.Error, outcome.Kind);
        Log.Ran(logger, outcome.Succeeded ? LogLevel.Information : LogLevel.Warning, label, outcome.Kind, took.TotalMilliseconds);
        return outcome;
    }

    private async Task<ToolOutcome> RunAsync(AgentTool tool, string json, string key, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (ToolArguments.Read(json, tool, services, out var wrong) is not { } arguments)
            return Failed(ToolOutcome.BadArguments, wrong!);
        arguments.Context = new Dictionary<object, object?> { [IdempotencyKey] = key };
        using var deadline = new CancellationTokenSource(tool.Limits.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(
            tool.OutlivesCall ? CancellationToken.None : cancellationToken, deadline.Token);
        try
        {
            // A tool may block, or not listen to its token: it gets a thread of its own, and is left behind when its time is over. What it
            // awaits brings it back to the pool: an answer's own thread may be a socket's, with other calls' audio waiting.
            var work = Task.Factory.StartNew(async () => await tool.Function.InvokeAsync(arguments, linked.Token), linked.Token,
                TaskCreationOptions.DenyChildAttach, PoolThreads.Scheduler).Unwrap();
            var result = await work.WaitAsync(linked.Token).ConfigureAwait(false);
            var silent = result as SilentResult;
            var text = silent?.Text ?? TextOf(result);
            return Encoding.UTF8.GetByteCount(text) > tool.Limits.MaxResultBytes
                ? TooLarge()
                : new ToolOutcome(ToolOutcome.Ok, text, WantsAnswer: silent is null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Failed(ToolOutcome.Cancelled, "The call has ended.");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Failed(ToolOutcome.Timeout, "The tool did not answer in time.");
        }
        catch (ToolResultTooLargeException)
        {
            return TooLarge();
        }
        catch (AgentToolException e)
        {
            return Failed(ToolOutcome.Error, e.Message);
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            // What AIFunction says of arguments that do not fit their parameters.
            Log.Failed(logger, tool.Name, e);
            return Failed(ToolOutcome.BadArguments, "The arguments do not fit the tool.");
        }
        catch (Exception e)
        {
            // A tool is somebody else's code, and its message may hold anything: the log gets it, the model does not.
            Log.Failed(logger, tool.Name, e);
            return Failed(ToolOutcome.Error, "The tool failed.");
        }
    }

    private static ToolOutcome TooLarge() =>
        Failed(ToolOutcome.TooLarge, "The result is too large to read. Ask for less, or tell the caller that it cannot be looked up.");

    private static ToolOutcome Failed(string kind, string message) =>
        new(kind, JsonSerializer.Serialize(new Dictionary<string, string> { ["error"] = message }, ToolJson.Options));

    private static string TextOf(object? result) => result switch
    {
        null => "done",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString() ?? "",
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "done",
        JsonElement json => json.GetRawText(),
        _ => JsonSerializer.Serialize(result, ToolJson.Options),
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "Tool {Tool}: {Outcome} after {Milliseconds:F0} ms")]
        public static partial void Ran(ILogger logger, LogLevel level, string tool, string outcome, double milliseconds);

        [LoggerMessage(2, LogLevel.Warning, "Tool {Tool} failed")]
        public static partial void Failed(ILogger logger, string tool, Exception exception);
    }
}

/// <summary>A tool had more to say than a model should have to read.</summary>
internal sealed class ToolResultTooLargeException() : Exception("The result is too large.");
