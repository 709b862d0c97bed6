using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>Lets the model transfer the caller to one of the numbers that the profile names; the model knows the names only.</summary>
internal sealed class TransferCallTool : AIFunction
{
    /// <summary>How long a transfer may take altogether: until everything said was heard, and until it is accepted.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyDictionary<string, string> _numbers;
    private readonly Func<string, CancellationToken, Task<string?>> _transfer;

    /// <param name="numbers">Name -> number.</param>
    /// <param name="transfer">Transfers to a number when the caller has heard everything; null, or why it was refused.</param>
    public TransferCallTool(IReadOnlyDictionary<string, string> numbers, Func<string, CancellationToken, Task<string?>> transfer)
    {
        (_numbers, _transfer) = (numbers, transfer);
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
        if (await _transfer(number, cancellationToken).ConfigureAwait(false) is { } refused)
            throw new AgentToolException($"The transfer was not possible: {refused}");
        return new SilentResult("The caller is being transferred.");
    }
}
