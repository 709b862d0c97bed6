using System.Net.Http.Json;
using System.Text.Json;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>What the dashboard's first page shows, as its API tells it.</summary>
internal sealed class Screen(Uri dashboard) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = dashboard };

    internal static string Headline(JsonElement screen) => screen.GetProperty("verdict").GetProperty("headline").GetString()!;

    internal static string Severity(JsonElement screen) => screen.GetProperty("verdict").GetProperty("severity").GetString()!;

    internal static JsonElement Figures(JsonElement screen) => screen.GetProperty("lastHour");

    internal static IReadOnlyList<string> Texts(JsonElement screen, string list) => [.. screen.GetProperty(list).EnumerateArray().Select(entry => entry.GetProperty("text").GetString()!)];

    /// <summary>The names of the gateways in this state.</summary>
    internal static IReadOnlyList<string> Gateways(JsonElement screen, string state) =>
        [.. screen.GetProperty("gateways").EnumerateArray().Where(gateway => gateway.GetProperty("state").GetString() == state).Select(gateway => gateway.GetProperty("name").GetString()!)];

    internal async Task<JsonElement> ReadAsync() => await _http.GetFromJsonAsync<JsonElement>(new Uri("/api/cluster", UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>Waits until the screen says so, and returns it.</summary>
    internal async Task<JsonElement> UntilAsync(string severity, string headline, Func<JsonElement, bool>? also = null)
    {
        JsonElement screen = default;
        await Eventually.True(
            async () =>
            {
                screen = await ReadAsync();
                return Severity(screen) == severity && Headline(screen).StartsWith(headline, StringComparison.Ordinal) && also?.Invoke(screen) != false;
            },
            Systems.Deadline, $"the first page to say {severity}: {headline}", () => screen.ToString());
        return screen;
    }

    public void Dispose() => _http.Dispose();
}
