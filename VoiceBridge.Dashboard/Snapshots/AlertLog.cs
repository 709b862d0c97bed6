namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>Troubles that services announced over pub/sub: remembered for ten minutes, equal ones once.</summary>
internal sealed class AlertLog
{
    /// <summary>The kind of the cluster event that announces a trouble.</summary>
    public const string EventKind = "alert";

    private const int Most = 20;
    private const int LongestText = 300;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Alert Alert, int Count)> _alerts = [];

    public void Add(string text, string? callId, DateTimeOffset now)
    {
        var shown = text.Length > LongestText ? text[..LongestText] : text;
        lock (_lock)
        {
            var count = _alerts.TryGetValue(shown, out var known) ? known.Count + 1 : 1;
            if (count == 1 && _alerts.Count >= Most) _alerts.Remove(_alerts.MinBy(entry => entry.Value.Alert.At).Key);
            _alerts[shown] = (new Alert(Severity.Warning, shown, now, callId is null ? null : $"/calls/{Uri.EscapeDataString(callId)}"), count);
        }
    }

    /// <summary>Those of the last ten minutes, the latest first.</summary>
    public IReadOnlyList<Alert> Recent(DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var old in _alerts.Where(entry => now - entry.Value.Alert.At > Kept).Select(entry => entry.Key).ToArray())
                _alerts.Remove(old);
            return
            [
                .. _alerts.Values.OrderByDescending(entry => entry.Alert.At)
                    .Select(entry => entry.Count > 1 ? entry.Alert with { Text = $"{entry.Alert.Text} ({entry.Count} times)" } : entry.Alert),
            ];
        }
    }
}
