using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Records;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Webhooks;

/// <summary>
/// Events on their way to receivers. The transaction that writes a call puts one in for each receiver; it stays until it has arrived. Any number of replicas may take
/// from it: each event is tried by one at a time. Throws a <see cref="System.Data.Common.DbException"/> while the database does not answer.
/// </summary>
public sealed class WebhookOutbox
{
    private readonly HistoryDatabase _database;
    private readonly TimeProvider _time;

    internal WebhookOutbox(HistoryDatabase database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Says that a receiver is in the settings, for those who only look.</summary>
    public async Task AnnounceAsync(string receiver, Uri url, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        await using var context = await _database.OpenAsync(cancellationToken);
        var (shown, now) = (StoredText.Name(url.GetLeftPart(UriPartial.Path)), _time.GetUtcNow().UtcTicks);
        await context.Database.ExecuteSqlAsync(
            $"""
             INSERT INTO webhook_receivers (name, url, seen_at, stopped_target) VALUES ({receiver}, {shown}, {now}, '')
             ON CONFLICT (name) DO UPDATE SET url = excluded.url, seen_at = excluded.seen_at
             """, cancellationToken);
    }

    /// <summary>Takes events that are due; nobody else gets them for the length of <paramref name="lease"/>. None for a receiver that is stopped.</summary>
    public async Task<IReadOnlyList<PendingWebhook>> TakeAsync(string receiver, Uri url, int max, TimeSpan lease, bool withTurns, CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        var (now, target) = (_time.GetUtcNow(), Target(url));
        var (due, held) = (now.UtcTicks, (now + lease).UtcTicks);
        // Due also in the outer condition: whoever waited for another replica's update sees what that one has taken.
        var taken = await context.Deliveries.FromSql(
            $"""
             UPDATE webhook_deliveries SET next_at = {held}, tried_at = {due}, attempts = attempts + 1
             WHERE next_at <= {due} AND gave_up_at IS NULL
             AND id IN (SELECT id FROM webhook_deliveries WHERE receiver = {receiver} AND gave_up_at IS NULL AND next_at <= {due} ORDER BY next_at LIMIT {max})
             AND NOT EXISTS (SELECT 1 FROM webhook_receivers WHERE name = {receiver} AND stopped_target = {target})
             RETURNING *
             """).AsNoTracking().ToListAsync(cancellationToken);
        if (taken.Count == 0) return [];
        var rows = taken.ConvertAll(delivery => delivery.CallRow);
        var calls = await (
            from call in context.Calls.AsNoTracking()
            where rows.Contains(call.Id)
            join content in context.Contents.AsNoTracking() on call.Id equals content.Id into contents
            from content in contents.DefaultIfEmpty()
            select new { call, Turns = withTurns ? content.Turns : null }).ToDictionaryAsync(found => found.call.Id, cancellationToken);
        // A call that was erased just now has taken its events along.
        return
        [
            .. taken.Where(delivery => calls.ContainsKey(delivery.CallRow)).Select(delivery => new PendingWebhook(
                delivery.Id, delivery.NextAt, delivery.StartedAt, delivery.Attempts, Kept(calls[delivery.CallRow].call, calls[delivery.CallRow].Turns))),
        ];
    }

    /// <summary>It has arrived, and is not kept.</summary>
    public async Task DoneAsync(string receiver, PendingWebhook webhook, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        await using var context = await _database.OpenAsync(cancellationToken);
        await context.Deliveries.Where(delivery => delivery.Id == webhook.Id).ExecuteDeleteAsync(cancellationToken);
        DateTimeOffset? now = _time.GetUtcNow();
        await context.Receivers.Where(row => row.Name == receiver).ExecuteUpdateAsync(set => set.SetProperty(row => row.DeliveredAt, now), cancellationToken);
    }

    /// <summary>It has not, and is tried again at that time; null gives it up. Does nothing when somebody else has it meanwhile.</summary>
    public async Task FailAsync(PendingWebhook webhook, string error, DateTimeOffset? again, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        await using var context = await _database.OpenAsync(cancellationToken);
        var (held, why, next) = (webhook.Held, StoredText.Name(error), again ?? webhook.Held);
        DateTimeOffset? gaveUp = again is null ? _time.GetUtcNow() : null;
        await context.Deliveries.Where(delivery => delivery.Id == webhook.Id && delivery.NextAt == held)
            .ExecuteUpdateAsync(set => set.SetProperty(delivery => delivery.LastError, why).SetProperty(delivery => delivery.NextAt, next).SetProperty(delivery => delivery.GaveUpAt, gaveUp), cancellationToken);
    }

    /// <summary>Nothing is sent to this address of a receiver any more, by no replica, until an operator says so.</summary>
    public async Task StopAsync(string receiver, Uri url, CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        var target = Target(url);
        await context.Receivers.Where(row => row.Name == receiver).ExecuteUpdateAsync(set => set.SetProperty(row => row.StoppedTarget, target), cancellationToken);
    }

    // The address may hold a secret, and need not be known to say that it is still the same.
    private static string Target(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)));
    }

    private static KeptCall Kept(EndedCall call, string? turns) => new(call, call.ToRecord(), [], turns is not null, turns is null ? [] : HistoryJson.ReadTurns(turns));
}
