using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Records;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Keeping;

/// <summary>Who has read what was said, taken calls out, or erased a person.</summary>
public sealed class AccessLog
{
    public const string Transcript = "transcript";
    public const string Export = "export";
    public const string Erase = "erase";

    private readonly HistoryDatabase _database;
    private readonly TimeProvider _time;

    internal AccessLog(HistoryDatabase database, TimeProvider time) => (_database, _time) = (database, time);

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
        return await context.Accesses.AsNoTracking().Where(entry => entry.CallId == callId).OrderBy(entry => entry.At).Take(200).ToListAsync(cancellationToken);
    }
}
