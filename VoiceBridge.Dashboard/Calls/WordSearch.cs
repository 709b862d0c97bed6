using System.Data.Common;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.History.Reading;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>Finds the calls in which something was said, for those who may read transcripts: live ones in Redis, ended ones in the history too.</summary>
internal sealed class WordSearch(
    ICallTurns turns, EndedCallReader history, AuthenticationStateProvider signedIn, IAuthorizationService authorization)
{
    private const int MinLength = 3;
    private const int AtOnce = 50;

    /// <summary>Whether the text is words, and long enough to be looked for in what was said: numbers and ids are not.</summary>
    public static bool IsWords(string text) => text.Trim() is { Length: >= MinLength } words && words.Any(char.IsLetter);

    /// <summary>The ids of those of <paramref name="calls"/> in which all words of <paramref name="text"/> were said. Throws what the Redis client throws when it is away.</summary>
    public async Task<IReadOnlySet<string>> FindAsync(string text, IReadOnlyList<CallRecord> calls, CancellationToken ct)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var user = (await signedIn.GetAuthenticationStateAsync()).User;
        if (!IsWords(text) || !(await authorization.AuthorizeAsync(user, Policies.ReadTranscripts)).Succeeded) return found;

        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        foreach (var some in calls.Chunk(AtOnce))
        {
            var matching = await Task.WhenAll(some.Select(async call => (call.CallId, Said: WereSaid(words, await turns.ReadAsync(call, ct)))));
            found.UnionWith(matching.Where(call => call.Said).Select(call => call.CallId));
        }

        if (history.IsKept && calls.Any(CallText.IsOver)) found.UnionWith(await FindKeptAsync(text, calls, ct));
        return found;
    }

    private async Task<IEnumerable<string>> FindKeptAsync(string text, IReadOnlyList<CallRecord> calls, CancellationToken ct)
    {
        try
        {
            var page = await history.FindAsync(new CallQuery { Words = text, From = calls.Min(call => call.RangAt), Count = CallQuery.MaxCount }, ct);
            return page is null ? [] : page.Calls.Select(call => call.CallId);
        }
        catch (DbException)
        {
            // What Redis knows is found all the same.
            return [];
        }
    }

    private static bool WereSaid(string[] words, IReadOnlyList<Turn> said) =>
        words.All(word => said.Any(turn => turn.Text.Contains(word, StringComparison.OrdinalIgnoreCase)));
}
