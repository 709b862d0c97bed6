namespace VoiceBridge.Cluster.Trust;

/// <summary>Issues and reads media tickets: compact JWEs (dir, A256GCM), byte for byte the same whoever issues them.</summary>
public sealed class MediaTickets
{
    /// <summary>The ticket as a compact JWE. The same ticket gives the same bytes on every replica.</summary>
    public string Issue(MediaTicket ticket) => throw new NotImplementedException();

    /// <summary>Reads a ticket from outside. Never throws: a bad one comes back as a refusal.</summary>
    public TicketReading Read(string? token) => throw new NotImplementedException();
}
