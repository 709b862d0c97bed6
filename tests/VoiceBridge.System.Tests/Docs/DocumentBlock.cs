using System.Text;

namespace VoiceBridge.System.Tests.Docs;

/// <summary>A fenced block of a page, for somebody to copy.</summary>
/// <param name="Page">The page's path.</param>
/// <param name="Line">The line of its first fence.</param>
/// <param name="Language">What stands behind the fence.</param>
/// <param name="Text">What is between the fences, without their indentation.</param>
public sealed record DocumentBlock(string Page, int Line, string Language, string Text)
{
    private const string Fence = "```";

    public IEnumerable<string> Lines => Text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Trim().Length > 0);

    /// <summary>The blocks of a page.</summary>
    public static IEnumerable<DocumentBlock> Of(string page)
    {
        var lines = Repository.Read(page).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var indent = lines[i].Length - lines[i].TrimStart().Length;
            if (!lines[i].TrimStart().StartsWith(Fence, StringComparison.Ordinal)) continue;
            var (first, language, text) = (i + 1, lines[i].Trim()[Fence.Length..].Trim(), new StringBuilder());
            for (i++; lines[i].Trim() != Fence; i++) text.Append(lines[i].Length >= indent ? lines[i][indent..] : lines[i].TrimStart()).Append('\n');
            yield return new DocumentBlock(page, first, language, text.ToString());
        }
    }
}
