namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Tells a caller's farewell from a wish for something more, in the languages that callers speak most.</summary>
internal static class FarewellWords
{
    private const int MaxWords = 8;

    private static readonly char[] Separators = [' ', ',', '.', '!', '?', ';', '-', '¡', '¿', '…', '。', '、', '！'];

    private static readonly HashSet<string> Farewells = new(StringComparer.OrdinalIgnoreCase)
    {
        "bye", "goodbye", "byebye", "cheers", "later", "farewell", "thanks", "thank",
        "tschüss", "tschüs", "tschau", "wiederhören", "wiedersehen", "ade", "servus", "danke", "dankeschön", "uf",
        "ciao", "arrivederci", "grazie", "addio", "au", "revoir", "merci", "salut", "adieu", "adiós", "adios", "gracias", "luego", "chao",
        "tchau", "adeus", "obrigado", "obrigada", "doei", "dag", "ziens", "bedankt", "hejdå", "tack", "farvel", "tak", "takk", "hei", "kiitos",
        "dziękuję", "widzenia", "pa", "спасибо", "свидания", "пока", "teşekkürler", "güle", "再见", "谢谢", "拜拜", "さようなら", "ありがとう", "감사합니다", "안녕",
    };

    private static readonly HashSet<string> Fillers = new(StringComparer.OrdinalIgnoreCase)
    {
        "ok", "okay", "yes", "yeah", "no", "nope", "great", "good", "fine", "all", "right", "alright", "you", "too", "very", "much", "so", "and", "a", "nice", "have",
        "day", "one", "see", "that's", "it", "was", "for", "your", "help", "well", "then", "until", "soon", "evening", "night", "the", "same", "to", "take", "care",
        "ja", "nein", "gut", "auf", "schönen", "schöner", "tag", "noch", "vielen", "dank", "ihnen", "auch", "bis", "dann", "bald", "alles", "gute", "einen", "merci",
        "sì", "si", "oui", "non", "bonne", "journée", "beaucoup", "muchas", "hasta", "buenas", "buen", "día", "grazie", "mille", "buona", "giornata", "tot", "fijne", "do", "hej",
    };

    /// <summary>Whether nothing is said but goodbye, thanks, or nothing at all.</summary>
    public static bool IsFarewell(string text)
    {
        var words = text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        return words.Length <= MaxWords && words.All(word => Farewells.Contains(word) || Fillers.Contains(word))
            && (words.Length == 0 || words.Any(Farewells.Contains) || words.Length <= 2);
    }
}
