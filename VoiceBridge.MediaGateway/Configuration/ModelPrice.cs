namespace VoiceBridge.MediaGateway.Configuration;

/// <summary><c>Prices:&lt;model&gt;</c>: what a million tokens cost, in whatever currency the operator thinks in.</summary>
internal sealed record ModelPrice(
    decimal InputText, decimal InputAudio, decimal CachedText, decimal CachedAudio, decimal OutputText, decimal OutputAudio)
{
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
}
