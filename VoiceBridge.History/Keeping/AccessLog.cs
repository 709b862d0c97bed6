using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Records;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Keeping;

/// <summary>Who has read what was said, taken calls out, had webhooks sent again, or erased a person.</summary>
public sealed class AccessLog
{
    public const string Transcript = "transcript";
    public const string Export = "export";
    public const string Erase = "erase";
    public const string Webhook = "webhook";

    private readonly HistoryDatabase _database;
    private readonly TimeProvider _time;

    internal AccessLog(HistoryDatabase database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Looks of one person at one call within so long are one look.</summary>
    private static readonly TimeSpan OneLook = TimeSpan.FromMinutes(5);

    /// <summary>Somebody reads a call's transcript.</summary>
    public async Task AddLookAsync(string who, string callId, CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        var (name, since) = (StoredText.Name(who), _time.GetUtcNow() - OneLook);
        if (await context.Accesses.AnyAsync(entry => entry.CallId == callId && entry.What == Transcript && entry.Who == name && entry.At > since, cancellationToken)) return;
        await AddAsync(who, Transcript, callId, 1, cancellationToken);
    }

    public async Task AddAsync(string who, string what, string? callId, long count, CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        context.Accesses.Add(new AccessEntry { At = _time.GetUtcNow(), Who = StoredText.Name(who), What = what, CallId = callId ?? "", Count = count });
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Who has looked at a call's transcript, the first first.</summary>
    public async Task<IReadOnlyList<AccessEntry>> ListAsync(string callId, CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        return await context.Accesses.AsNoTracking().Where(entry => entry.CallId == callId && entry.What == Transcript).OrderBy(entry => entry.At).Take(200).ToListAsync(cancellationToken);
    }
}
