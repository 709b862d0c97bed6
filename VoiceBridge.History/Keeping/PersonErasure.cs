using VoiceBridge.Cluster.Calls;
using VoiceBridge.History.Numbers;

namespace VoiceBridge.History.Keeping;

/// <summary>Takes a person out of everything that is kept: Redis, what waits there for the database, and the database.</summary>
public sealed class PersonErasure
{
    private readonly Outbox _outbox;
    private readonly Erasure _database;
    private readonly AccessLog _accesses;

    internal PersonErasure(Outbox outbox, Erasure database, AccessLog accesses) => (_outbox, _database, _accesses) = (outbox, database, accesses);

    /// <summary>
    /// Erases all ended calls of a number. May be repeated, and must be for calls that still go on. That it was done is recorded, with <paramref name="who"/> did it
    /// and how many calls it took, without the number.
    /// </summary>
    public async Task<ErasedPerson> EraseAsync(string number, string who, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(number);
        var whole = PhoneNumbers.Normalize(number);
        var (redis, live) = await EraseRedisAsync();
        var kept = await _database.EraseAsync(whole, cancellationToken);
        // Calls that ended meanwhile; those that were just being written are taken back by whoever writes them.
        (var more, live) = await EraseRedisAsync();
        await _accesses.AddAsync(who, AccessLog.Erase, null, kept.Calls, cancellationToken);
        return new ErasedPerson(redis + more, live, kept);

        Task<(int Erased, int Live)> EraseRedisAsync() => _outbox.EraseAsync(caller => PhoneNumbers.Normalize(caller) == whole, cancellationToken);
    }
}

/// <summary>What was erased.</summary>
/// <param name="InRedis">Calls of the last hour, and such as waited for the database.</param>
/// <param name="Live">Calls of the person that go on, and were left alone.</param>
/// <param name="Kept">What was in the database.</param>
public sealed record ErasedPerson(int InRedis, int Live, ErasedHistory Kept)
{
    /// <summary>As a sentence.</summary>
    public override string ToString() =>
        $"Erased: {Kept.Calls} calls of the history ({Kept.Transcripts} with a transcript), {InRedis} calls in Redis; the number was taken out of {Kept.Mentions} other calls."
        + (Kept.Webhooks > 0 ? $" {Kept.Webhooks} webhooks that had not arrived are not sent any more." : "")
        + (Live > 0 ? $" {Live} calls go on: erase again when they are over." : "");
}
