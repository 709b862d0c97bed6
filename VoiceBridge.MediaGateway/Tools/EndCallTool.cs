using System.Text.Json;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>Lets the model hang up: after what it said, the goodbye above all, has been heard.</summary>
internal sealed class EndCallTool(Action<string?> leave) : AIFunction
{
    private const int LongestGoodbye = 500;

    private static readonly JsonElement Schema = JsonDocument.Parse("""
        {"type":"object","properties":{"goodbye":{"type":"string",
        "description":"What to say to the caller before hanging up, in the caller's language. Leave it out if you have said goodbye already."}}}
        """).RootElement;

    public override string Name => ToolNames.EndCall;

    public override string Description =>
        "Ends the telephone call. Use it when the caller has said goodbye or wants nothing more. The call ends after your goodbye has been heard.";

    public override JsonElement JsonSchema => Schema;

    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var goodbye = arguments.TryGetValue("goodbye", out var value) ? (value as JsonElement?)?.ToString() ?? value as string : null;
        if (goodbye?.Length > LongestGoodbye)
            throw new AgentToolException("The goodbye is too long.");
        leave(string.IsNullOrWhiteSpace(goodbye) ? null : goodbye);
        return ValueTask.FromResult<object?>(new SilentResult("The call ends now."));
    }
}
