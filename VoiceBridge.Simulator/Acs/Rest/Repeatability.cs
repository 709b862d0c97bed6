using System.Collections.Concurrent;
using System.Globalization;

namespace VoiceBridge.Simulator.Acs.Rest;

/// <summary>
/// OASIS Repeatable Requests: the same <c>Repeatability-Request-ID</c> gets the same response without a second execution; the
/// same id for another request is refused.
/// </summary>
internal sealed class Repeatability
{
    internal const string IdHeader = "Repeatability-Request-ID";
    internal const string FirstSentHeader = "Repeatability-First-Sent";
    internal const string ResultHeader = "Repeatability-Result";
    private const int Kept = 2_000;

    private readonly ConcurrentDictionary<string, Entry> _requests = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Runs the request, or replays its first response. Responses with 5xx are not kept: such a request did not happen.</summary>
    internal async Task<RestResult> RunAsync(HttpContext http, string contentHash, Func<Task<RestResult>> execute)
    {
        var id = http.Request.Headers[IdHeader].ToString();
        if (id.Length == 0) return await execute();
        if (!Guid.TryParse(id, out _)) return Refuse(http, $"{IdHeader} is not a UUID.");
        var firstSent = http.Request.Headers[FirstSentHeader].ToString();
        if (!DateTimeOffset.TryParseExact(firstSent, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
            return Refuse(http, $"{FirstSentHeader} is missing or no IMF-fixdate.");

        var entry = new Entry($"{http.Request.Method} {http.Request.Path} {contentHash} {firstSent}");
        while (!_requests.TryAdd(id, entry))
        {
            if (!_requests.TryGetValue(id, out var known)) continue;
            if (known.Request != entry.Request) return Refuse(http, "The repeatability id was used for another request.");
            var replayed = await known.Done.Task;
            if (replayed is null) continue; // the first one failed and was forgotten: this one is the first now
            http.Response.Headers[ResultHeader] = "accepted";
            return replayed;
        }
        if (_requests.Count > Kept) _requests.Clear();
        RestResult? kept = null;
        try
        {
            var result = await execute();
            if (result.Status < 500 && result.Status != 429) kept = result;
            http.Response.Headers[ResultHeader] = "accepted";
            return result;
        }
        finally
        {
            if (kept is null && !entry.Done.Task.IsCompleted) _requests.TryRemove(id, out _);
            entry.Done.TrySetResult(kept);
        }
    }

    /// <summary>Keeps a response that its client will not see: what a connection lost after the execution looks like.</summary>
    internal void Keep(HttpContext http, RestResult result)
    {
        if (_requests.TryGetValue(http.Request.Headers[IdHeader].ToString(), out var entry)) entry.Done.TrySetResult(result);
    }

    private static RestResult Refuse(HttpContext http, string why)
    {
        http.Response.Headers[ResultHeader] = "rejected";
        return RestError.BadRequest(why).ToResult();
    }

    private sealed record Entry(string Request)
    {
        internal TaskCompletionSource<RestResult?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
