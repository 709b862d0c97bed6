using System.Text;

namespace VoiceBridge.History.Records;

/// <summary>Text that both databases take.</summary>
internal static class StoredText
{
    private const int MaxName = 200;

    /// <summary>Without what PostgreSQL refuses (U+0000) and UTF-8 cannot say (half of a surrogate pair).</summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (!text.AsSpan().ContainsAny('\0', '\uFFFD') && !text.Any(char.IsSurrogate)) return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value != 0) clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>The same of a name or an id: an index takes no long ones.</summary>
    public static string Name(string? text)
    {
        var clean = Clean(text);
        return clean.Length <= MaxName ? clean : clean[..MaxName];
    }
}
