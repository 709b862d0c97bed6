using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Webhooks;

/// <summary>What receivers have not taken, for operators. Throws a <see cref="System.Data.Common.DbException"/> while the database does not answer.</summary>
public sealed class WebhookOverview
{
    private const int MaxListed = 100;

    private readonly HistoryDatabase _database;
    private readonly TimeProvider _time;

    internal WebhookOverview(HistoryDatabase database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>All receivers, and the events that were tried in vain, the oldest first.</summary>
    public async Task<WebhookView> ReadAsync(CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        var receivers = await context.Receivers.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellationToken);
        var counts = await context.Deliveries.AsNoTracking().GroupBy(delivery => delivery.Receiver).Select(group => new
        {
            group.Key,
            Waiting = group.LongCount(delivery => delivery.GaveUpAt == null),
            GaveUp = group.LongCount(delivery => delivery.GaveUpAt != null),
        }).ToDictionaryAsync(count => count.Key, cancellationToken);
        var failed = await (
            from delivery in context.Deliveries.AsNoTracking()
            where delivery.LastError != ""
            join call in context.Calls.AsNoTracking() on delivery.CallRow equals call.Id
            orderby delivery.StartedAt, delivery.Id
            select new UndeliveredWebhook(delivery.Id, delivery.Receiver, call.CallId, call.EndedAt, delivery.Attempts, delivery.LastError, delivery.TriedAt, delivery.NextAt, delivery.GaveUpAt != null))
            .Take(MaxListed).ToListAsync(cancellationToken);
        var views = new List<ReceiverView>();
        foreach (var row in receivers)
        {
            var latest = await context.Deliveries.AsNoTracking().Where(delivery => delivery.Receiver == row.Name && delivery.LastError != "").OrderByDescending(delivery => delivery.TriedAt)
                .Select(delivery => new { delivery.LastError, delivery.TriedAt }).FirstOrDefaultAsync(cancellationToken);
            var next = await context.Deliveries.AsNoTracking().Where(delivery => delivery.Receiver == row.Name && delivery.GaveUpAt == null).OrderBy(delivery => delivery.NextAt)
                .Select(delivery => (DateTimeOffset?)delivery.NextAt).FirstOrDefaultAsync(cancellationToken);
            var count = counts.GetValueOrDefault(row.Name);
            views.Add(new ReceiverView(
                row.Name, row.Url, row.StoppedTarget.Length > 0, count?.Waiting ?? 0, count?.GaveUp ?? 0, next, latest?.LastError ?? "", latest?.TriedAt, row.DeliveredAt, row.SeenAt));
        }

        return new WebhookView(views, failed);
    }

    /// <summary>
    /// Tries events of a receiver again at once, for a day from now: one, or (null) all of them, and the receiver too if it is stopped. Returns how many.
    /// </summary>
    public async Task<int> SendAgainAsync(string receiver, long? id, CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        var now = _time.GetUtcNow();
        var events = await context.Deliveries.Where(delivery => delivery.Receiver == receiver && (id == null || delivery.Id == id)).ExecuteUpdateAsync(
            set => set.SetProperty(delivery => delivery.NextAt, now).SetProperty(delivery => delivery.StartedAt, now).SetProperty(delivery => delivery.GaveUpAt, (DateTimeOffset?)null), cancellationToken);
        // Last: from now on they are taken, and those that arrive are no longer there to be counted.
        if (id is null) await context.Receivers.Where(row => row.Name == receiver).ExecuteUpdateAsync(set => set.SetProperty(row => row.StoppedTarget, ""), cancellationToken);
        return events;
    }
}

/// <summary>The receivers, and what they have not taken.</summary>
public sealed record WebhookView(IReadOnlyList<ReceiverView> Receivers, IReadOnlyList<UndeliveredWebhook> Undelivered);

/// <summary>One receiver.</summary>
/// <param name="Name">Its name in the settings.</param>
/// <param name="Url">Its address, without the query.</param>
/// <param name="Stopped">It has answered 410: nothing is sent any more.</param>
/// <param name="Waiting">Events that will be tried.</param>
/// <param name="GaveUp">Events that will not.</param>
/// <param name="NextAt">When the next of those that wait is tried.</param>
/// <param name="LastError">Why one failed last.</param>
/// <param name="FailedAt">When that was.</param>
/// <param name="DeliveredAt">When it last took one.</param>
/// <param name="SeenAt">When it last was in somebody's settings.</param>
public sealed record ReceiverView(
    string Name, string Url, bool Stopped, long Waiting, long GaveUp, DateTimeOffset? NextAt, string LastError, DateTimeOffset? FailedAt, DateTimeOffset? DeliveredAt, DateTimeOffset SeenAt);

/// <summary>An event that was tried in vain.</summary>
public sealed record UndeliveredWebhook(
    long Id, string Receiver, string CallId, DateTimeOffset EndedAt, int Attempts, string LastError, DateTimeOffset? TriedAt, DateTimeOffset NextAt, bool GaveUp);
