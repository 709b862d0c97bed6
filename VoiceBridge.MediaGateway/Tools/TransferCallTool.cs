using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>Lets the model transfer the caller to one of the numbers that the profile names; the model knows the names only.</summary>
internal sealed class TransferCallTool : AIFunction
{
    /// <summary>How long a transfer may take altogether: until everything said was heard, and until it is accepted.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan HearingTime = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyDictionary<string, string> _numbers;
    private readonly ICallControls _controls;
    private readonly Action _transferred;
    private readonly CancellationToken _callOver;
    private readonly TimeProvider _time;

    public TransferCallTool(
        IReadOnlyDictionary<string, string> numbers, ICallControls controls, Action transferred, TimeProvider time, CancellationToken callOver)
    {
        (_numbers, _controls, _transferred, _time, _callOver) = (numbers, controls, transferred, time, callOver);
        var names = new JsonArray([.. numbers.Keys.Select(name => JsonValue.Create(name))]);
        JsonSchema = JsonSerializer.SerializeToElement(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["target"] = new JsonObject { ["type"] = "string", ["enum"] = names, ["description"] = "Whom to transfer to." },
            },
            ["required"] = new JsonArray("target"),
        });
    }

    public override string Name => ToolNames.TransferCall;

    public override string Description =>
        "Transfers the caller to a person or department. Tell the caller first, then call this. After it you no longer take part in the call.";

    public override JsonElement JsonSchema { get; }

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var target = (arguments["target"] as JsonElement?)?.ToString() ?? arguments["target"] as string ?? "";
        // Only by name: a number that a caller talks the model into would be somebody else's telephone bill.
        if (!_numbers.TryGetValue(target, out var number))
            throw new AgentToolException($"Transfers are possible to {string.Join(", ", _numbers.Keys)} only.");
        using var hearing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _callOver);
        using var timer = _time.CreateTimer(state => ((CancellationTokenSource)state!).Cancel(), hearing, HearingTime, System.Threading.Timeout.InfiniteTimeSpan);
        try
        {
            await _controls.WhenHeardAsync(hearing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Long enough: the transfer matters more than the end of the sentence.
        }
        _callOver.ThrowIfCancellationRequested();
        // From here on the end of the call may be the transfer's doing, before anybody has said that it was accepted.
        if (await _controls.TransferAsync(number, cancellationToken).ConfigureAwait(false) is { } refused)
            throw new AgentToolException($"The transfer was not possible: {refused}");
        _transferred();
        return new SilentResult("The caller is being transferred.");
    }
}
