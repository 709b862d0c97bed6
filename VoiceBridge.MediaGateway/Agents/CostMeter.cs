using VoiceBridge.Cluster.Calls;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Counts what one call uses of the model and what that costs.</summary>
internal sealed class CostMeter(IReadOnlyDictionary<string, ModelPrice> prices)
{
    public long InputTokens { get; private set; }

    public long OutputTokens { get; private set; }

    public decimal Cost { get; private set; }

    /// <summary>Counts a response; the change to the call's record, null when there is none.</summary>
    /// <param name="usage">As the service gave it; cut-off responses may have none.</param>
    /// <param name="model">The session's model; without a price for it the tokens are counted only.</param>
    public CallChange? Count(Usage? usage, string? model)
    {
        if (usage is null || (usage.InputTokens <= 0 && usage.OutputTokens <= 0))
            return null;
        var cost = model is not null && prices.TryGetValue(model, out var price) ? price.Of(usage) : 0;
        InputTokens += usage.InputTokens;
        OutputTokens += usage.OutputTokens;
        Cost += cost;
        VoiceBridgeTelemetry.Tokens.Add(usage.InputTokens, new KeyValuePair<string, object?>("kind", "input"));
        VoiceBridgeTelemetry.Tokens.Add(usage.OutputTokens, new KeyValuePair<string, object?>("kind", "output"));
        return new CallChange { InputTokens = usage.InputTokens, OutputTokens = usage.OutputTokens, Cost = cost };
    }
}
