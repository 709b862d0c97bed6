namespace VoiceBridge.Cluster.Trust;

/// <summary>What came of reading a ticket: the ticket, or why it was refused ("malformed", "unknown key", "expired").</summary>
public readonly record struct TicketReading(MediaTicket? Ticket, string? Refusal);
