using System.Text;

namespace VoiceBridge.Simulator.Marks;

/// <summary>Puts the text of an utterance together from its pairs, in whatever order they come.</summary>
internal sealed class TextCollector
{
    private byte[] _bytes = [];
    private bool[] _seen = [];
    private int _missing;

    /// <summary>The whole text, once all of it was seen.</summary>
    internal string? Text { get; private set; }

    internal void Reset()
    {
        _bytes = [];
        _seen = [];
        _missing = 0;
        Text = null;
    }

    internal void Add(uint payload)
    {
        int pair = (int)(payload >> 24), pairs = (int)(payload >> 16 & 0xFF);
        if (pairs == 0 || pair >= pairs) return;
        if (_seen.Length != pairs)
        {
            _bytes = new byte[pairs * 2];
            _seen = new bool[pairs];
            _missing = pairs;
            Text = null;
        }
        if (_seen[pair]) return;
        _seen[pair] = true;
        _bytes[2 * pair] = (byte)(payload >> 8);
        _bytes[2 * pair + 1] = (byte)payload;
        if (--_missing == 0) Text = Encoding.UTF8.GetString(_bytes).TrimEnd();
    }
}
