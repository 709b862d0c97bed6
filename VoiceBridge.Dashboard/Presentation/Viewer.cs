using System.Globalization;

namespace VoiceBridge.Dashboard.Presentation;

/// <summary>Who looks at a page: the time zone, as the browser names it. One per circuit.</summary>
internal sealed class Viewer
{
    private const int LongestZoneName = 64;

    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>The zone became known after the page was first drawn: what shows times draws itself anew.</summary>
    public event Action? Changed;

    /// <summary>Takes the browser's IANA zone; an unknown one leaves UTC. True when it changed.</summary>
    public bool Use(string? zoneName)
    {
        if (string.IsNullOrEmpty(zoneName) || zoneName.Length > LongestZoneName || !TimeZoneInfo.TryFindSystemTimeZoneById(zoneName, out var zone)) return false;
        if (zone.Id == Zone.Id) return false;
        Zone = zone;
        Changed?.Invoke();
        return true;
    }

    public string Time(DateTimeOffset at) => In(at).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    public string Minute(DateTimeOffset at) => In(at).ToString("HH:mm", CultureInfo.InvariantCulture);

    public string Full(DateTimeOffset at) => In(at).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private DateTimeOffset In(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);
}
