using VoiceBridge.History.Search;

namespace VoiceBridge.History.Storage;

/// <summary>What differs between the databases.</summary>
internal interface IHistoryProvider
{
    ITranscriptSearch Search { get; }

    HistoryContext CreateContext();

    /// <summary>Holds all other processes off the schema until it is disposed.</summary>
    Task<IAsyncDisposable> LockAsync(HistoryContext context, CancellationToken cancellationToken);

    /// <summary>Takes what was deleted out of the files too, as far as a client can.</summary>
    Task ScrubAsync(HistoryContext context, CancellationToken cancellationToken);
}
