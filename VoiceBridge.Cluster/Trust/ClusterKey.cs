using System.Globalization;

namespace VoiceBridge.Cluster.Trust;

/// <summary>One of <c>Cluster:Keys</c>: <c>&lt;base64&gt;</c>, or <c>&lt;base64&gt;@2026-12-01T06:00Z</c> for one that takes over from another at that time.</summary>
/// <param name="Secret">32 bytes or more.</param>
/// <param name="From">When it takes over, to the second; the beginning of time when none is given.</param>
internal sealed record ClusterKey(byte[] Secret, DateTimeOffset From)
{
    private const int ShortestBytes = 32;
    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <summary>The key, or null and why not; never the text itself: what is misplaced here may be another secret.</summary>
    public static ClusterKey? Read(string? text, out string? problem)
    {
        problem = null;
        var parts = (text ?? "").Split('@');
        var buffer = new byte[parts[0].Length];
        var from = DateTimeOffset.MinValue;
        if (!Convert.TryFromBase64String(parts[0], buffer, out var length))
            problem = "not base64.";
        else if (length < ShortestBytes)
            problem = $"{length} bytes, at least {ShortestBytes} are needed.";
        else if (parts.Length > 2
            || parts.Length == 2 && !DateTimeOffset.TryParseExact(parts[1], Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out from))
            problem = "what follows the @ is no time like 2026-12-01T06:00Z.";
        return problem is null ? new ClusterKey(buffer[..length], from) : null;
    }
}
