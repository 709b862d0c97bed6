using System.Text;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.MediaGateway.Transcripts;

/// <summary>One turn while it is being made.</summary>
internal sealed class ConversationItem(string speaker, DateTimeOffset at, string? itemId, string? toolName = null, string? toolArguments = null)
{
    private readonly StringBuilder _text = new();
    private Turn? _turn;

    public string Speaker { get; } = speaker;

    public DateTimeOffset At { get; } = at;

    public string? ItemId { get; } = itemId;

    public string? ToolName { get; } = toolName;

    public bool Interrupted { get; private set; }

    /// <summary>Nothing is added any more: the text is as it was said, but may still be cut to what is heard of it.</summary>
    public bool Complete { get; private set; }

    /// <summary>Nothing changes any more.</summary>
    public bool Settled { get; private set; }

    /// <summary>Handed on to where transcripts are kept.</summary>
    public bool Kept { get; set; }

    public bool HasText => _text.Length > 0;

    public int Length => _text.Length;

    public void Add(string text)
    {
        if (Complete)
            return;
        _text.Append(text);
        _turn = null;
    }

    public void Set(string text)
    {
        if (Interrupted)
            return;
        _text.Clear().Append(text.Trim());
        _turn = null;
    }

    public void MakeComplete() => Complete = true;

    public void Settle() => (Complete, Settled) = (true, true);

    /// <summary>Keeps what was heard: whole words of the first <paramref name="characters"/>.</summary>
    public void Cut(int characters)
    {
        (Interrupted, Complete, Settled) = (true, true, true);
        _turn = null;
        if (characters >= _text.Length)
            return;
        var end = Math.Max(characters, 0);
        while (end > 0 && !char.IsWhiteSpace(_text[end]) && !char.IsWhiteSpace(_text[end - 1]))
            end--;
        while (end > 0 && char.IsWhiteSpace(_text[end - 1]))
            end--;
        _text.Length = end;
    }

    /// <summary>As it is now: the same one until something changes, since a long conversation's are looked through at each change.</summary>
    public Turn ToTurn() => _turn ??= new Turn(At, Speaker, _text.ToString(), Interrupted, ItemId, ToolName, toolArguments);
}
