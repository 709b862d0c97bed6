using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary><c>Prices:&lt;model&gt;</c>: what a million tokens cost, in whatever currency the operator thinks in.</summary>
internal sealed record ModelPrice(
    decimal InputText, decimal InputAudio, decimal CachedText, decimal CachedAudio, decimal OutputText, decimal OutputAudio)
{
    /// <summary>What is cached costs as much as what is not, unless it has a price of its own.</summary>
    public static ModelPrice Make(JsonObject json)
    {
        decimal Price(string name, decimal otherwise = 0) => (decimal?)json[name] ?? otherwise;
        return new ModelPrice(
            Price("InputText"), Price("InputAudio"), Price("CachedText", Price("InputText")), Price("CachedAudio", Price("InputAudio")), Price("OutputText"), Price("OutputAudio"));
    }
}
