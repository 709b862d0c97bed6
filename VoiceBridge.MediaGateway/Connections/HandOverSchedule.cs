namespace VoiceBridge.MediaGateway.Connections;

/// <summary>
/// When a drain hands its calls over: each needs a new Voice Live connection, of which there are only so many a minute. So the calls of all gateways that
/// drain move one after the other, early enough for the last to move at the end of <paramref name="limit"/>, but in the first half of it none.
/// </summary>
/// <param name="perMinute">New Voice Live connections a minute, over all endpoints.</param>
/// <param name="limit">From the beginning of the drain to its end.</param>
internal sealed class HandOverSchedule(int perMinute, TimeSpan limit)
{
    /// <summary>New calls need connections too.</summary>
    private const double Share = 0.5;

    private double _owed;

    /// <summary>How many calls are due to be handed over, <paramref name="elapsed"/> after this was asked last.</summary>
    /// <param name="staying">How many this gateway still has.</param>
    /// <param name="inAll">How many all gateways that drain have, this one among them.</param>
    /// <param name="left">Until the end of the drain.</param>
    /// <param name="elapsed">Since this was asked last.</param>
    public int Due(int staying, int inAll, TimeSpan left, TimeSpan elapsed)
    {
        var needed = TimeSpan.FromMinutes(Math.Max(staying, inAll) / Math.Max(1, perMinute * Share));
        if (left > needed || left > limit / 2) return 0;
        _owed += staying * (elapsed / left);
        var due = Math.Min(staying, (int)_owed);
        _owed -= due;
        return due;
    }
}
