using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Search;

namespace VoiceBridge.History.Storage;

/// <summary>The database: which one it is, and that its tables are there before anybody uses them.</summary>
internal sealed class HistoryDatabase(IHistoryProvider provider) : IDisposable
{
    private readonly SemaphoreSlim _migrating = new(1, 1);
    private volatile bool _ready;

    /// <summary>How words are searched in it.</summary>
    public ITranscriptSearch Search => provider.Search;

    /// <summary>Needs to be told when pages of erased content must not be left in its files; does nothing where an administrator does that.</summary>
    public Task ScrubAsync(HistoryContext context, CancellationToken cancellationToken) => provider.ScrubAsync(context, cancellationToken);

    /// <summary>A context on a database whose tables are there. Throws a <see cref="System.Data.Common.DbException"/> while it does not answer.</summary>
    public async Task<HistoryContext> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_ready) await MigrateAsync(cancellationToken);
        return provider.CreateContext();
    }

    /// <summary>Deletes calls with all that is kept of them. Returns how many webhooks about them had not arrived.</summary>
    public async Task<int> DeleteCallsAsync(HistoryContext context, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        await Search.DeleteAsync(context, ids, cancellationToken);
        var deliveries = await context.Deliveries.Where(delivery => ids.Contains(delivery.CallRow)).ExecuteDeleteAsync(cancellationToken);
        await context.Contents.Where(content => ids.Contains(content.Id)).ExecuteDeleteAsync(cancellationToken);
        await context.Calls.Where(call => ids.Contains(call.Id)).ExecuteDeleteAsync(cancellationToken);
        return deliveries;
    }

    public void Dispose() => _migrating.Dispose();

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await _migrating.WaitAsync(cancellationToken);
        try
        {
            if (_ready) return;
            await using var context = provider.CreateContext();
            // Replicas start at the same time: one migrates, the others wait and find it done.
            await using (await provider.LockAsync(context, cancellationToken)) await context.Database.MigrateAsync(cancellationToken);
            _ready = true;
        }
        finally
        {
            _migrating.Release();
        }
    }
}
