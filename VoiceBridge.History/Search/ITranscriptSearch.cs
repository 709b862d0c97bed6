using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Search;

/// <summary>The index of the words that are said in calls, a document per call. It holds no text that could be read from it in one piece.</summary>
internal interface ITranscriptSearch
{
    /// <summary>Writes the words of a call anew.</summary>
    Task WriteAsync(HistoryContext context, long id, string said, CancellationToken cancellationToken);

    /// <summary>Forgets the words of calls.</summary>
    Task DeleteAsync(HistoryContext context, IReadOnlyList<long> ids, CancellationToken cancellationToken);

    /// <summary>The ids of the calls in which all of these words were said.</summary>
    IQueryable<long> Find(HistoryContext context, string words);
}
