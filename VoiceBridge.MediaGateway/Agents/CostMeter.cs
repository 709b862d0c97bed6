using VoiceBridge.Cluster.Calls;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Counts what one call uses of the model and what that costs.</summary>
internal sealed class CostMeter(IReadOnlyDictionary<string, ModelPrice> prices)
{
    private const decimal Million = 1_000_000m;

    /// <summary>Counts a response; the change to the call's record, null when there is none.</summary>
    /// <param name="usage">As the service gave it; cut-off responses may have none.</param>
    /// <param name="model">The session's model; without a price for it the tokens are counted only.</param>
    public CallChange? Count(Usage? usage, string? model)
    {
        if (usage is null || (usage.InputTokens <= 0 && usage.OutputTokens <= 0))
            return null;
        VoiceBridgeTelemetry.Tokens.Add(usage.InputTokens, new KeyValuePair<string, object?>("kind", "input"));
        VoiceBridgeTelemetry.Tokens.Add(usage.OutputTokens, new KeyValuePair<string, object?>("kind", "output"));
        return new CallChange
        {
            InputTokens = usage.InputTokens,
            OutputTokens = usage.OutputTokens,
            Cost = PriceOf(model) is { } price ? CostOf(usage, price) : 0,
        };
    }

    /// <summary>Where the service gives no details, tokens count as text.</summary>
    private static decimal CostOf(Usage usage, ModelPrice price)
    {
        var inputText = Math.Max(usage.InputText, usage.InputTokens - usage.InputAudio);
        var outputText = Math.Max(usage.OutputText, usage.OutputTokens - usage.OutputAudio);
        var cachedText = Math.Min(usage.CachedText, inputText);
        var cachedAudio = Math.Min(usage.CachedAudio, usage.InputAudio);
        return ((inputText - cachedText) * price.InputText
            + (usage.InputAudio - cachedAudio) * price.InputAudio
            + cachedText * price.CachedText
            + cachedAudio * price.CachedAudio
            + outputText * price.OutputText
            + usage.OutputAudio * price.OutputAudio) / Million;
    }

    /// <summary>The price of the model, or of the family that its name begins with: services add dates to names.</summary>
    private ModelPrice? PriceOf(string? model) => model is null ? null
        : prices.Where(price => model.StartsWith(price.Key, StringComparison.OrdinalIgnoreCase)
                && (model.Length == price.Key.Length || model[price.Key.Length] == '-'))
            .OrderByDescending(price => price.Key.Length).Select(price => price.Value).FirstOrDefault();
}
