using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary><c>Prices:&lt;model&gt;</c>: what a million tokens cost, in whatever currency the operator thinks in.</summary>
internal sealed record ModelPrice(
    decimal InputText, decimal InputAudio, decimal CachedText, decimal CachedAudio, decimal OutputText, decimal OutputAudio)
{
    private const decimal Million = 1_000_000m;

    public static ModelPrice Read(SettingReader reader)
    {
        var text = reader.Price("InputText");
        var audio = reader.Price("InputAudio");
        var price = new ModelPrice(
            text,
            audio,
            reader.Has("CachedText") ? reader.Price("CachedText") : text,
            reader.Has("CachedAudio") ? reader.Price("CachedAudio") : audio,
            reader.Price("OutputText"),
            reader.Price("OutputAudio"));
        reader.RejectTheRest();
        return price;
    }

    /// <summary>The cost of one response. Where the service gives no details, tokens count as text.</summary>
    public decimal Of(Usage usage)
    {
        var input = usage.InputTokenDetails;
        var inputAudio = input?.AudioTokens ?? 0;
        var inputText = Math.Max(input?.TextTokens ?? 0, usage.InputTokens - inputAudio);
        var (cachedText, cachedAudio) = Cached(input);
        cachedText = Math.Min(cachedText, inputText);
        cachedAudio = Math.Min(cachedAudio, inputAudio);
        var outputAudio = usage.OutputTokenDetails?.AudioTokens ?? 0;
        var outputText = Math.Max(usage.OutputTokenDetails?.TextTokens ?? 0, usage.OutputTokens - outputAudio);
        return ((inputText - cachedText) * InputText
            + (inputAudio - cachedAudio) * InputAudio
            + cachedText * CachedText
            + cachedAudio * CachedAudio
            + outputText * OutputText
            + outputAudio * OutputAudio) / Million;
    }

    private static (long Text, long Audio) Cached(InputTokenDetails? details) => details switch
    {
        null => (0, 0),
        { CachedTokensDetails: { } split } => (split.TextTokens, split.AudioTokens),
        _ => (details.CachedTokens, 0),
    };
}
