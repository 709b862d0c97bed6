using System.Text;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Transcripts;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Collects the keys a caller presses until there is a short gap, or a #, and hands them over together.</summary>
internal sealed class DtmfCollector(ICallTimers timers, TimeSpan gap, Action<string> pressed)
{
    private const int MaxKeys = 64;

    private readonly StringBuilder _keys = new();
    private IDisposable? _timer;

    public void Add(string tone)
    {
        if (KeyOf(tone) is not { } key)
            return;
        _keys.Append(key);
        _timer?.Dispose();
        if (key == '#' || _keys.Length >= MaxKeys)
            HandOver();
        else
            _timer = timers.After(gap, HandOver);
    }

    private void HandOver()
    {
        var keys = _keys.ToString();
        _keys.Clear();
        if (keys.Length > 0)
            pressed(Redaction.KeysPrefix + keys);
    }

    /// <summary>ACS names keys by character on the media socket and by word in its events; which it is has varied.</summary>
    private static char? KeyOf(string tone) => tone.Trim().ToLowerInvariant() switch
    {
        "zero" => '0',
        "one" => '1',
        "two" => '2',
        "three" => '3',
        "four" => '4',
        "five" => '5',
        "six" => '6',
        "seven" => '7',
        "eight" => '8',
        "nine" => '9',
        "pound" => '#',
        "asterisk" => '*',
        [var key] when char.IsAsciiDigit(key) || key is '#' or '*' => key,
        [var letter] when letter is >= 'a' and <= 'd' => char.ToUpperInvariant(letter),
        _ => null,
    };
}
