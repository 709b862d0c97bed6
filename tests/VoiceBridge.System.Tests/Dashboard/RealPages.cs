using Microsoft.Playwright;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>Real calls and a real browser, once for all tests of a class.</summary>
public sealed class RealPages(RedisServers servers) : IAsyncLifetime
{
    private Chromium? _chromium;

    internal RealCalls Calls { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!DashboardInChromium.HasChromium) return;
        Calls = await RealCalls.StartAsync(servers);
        _chromium = await Chromium.StartAsync();
    }

    internal Task<WatchedPage> OpenAsync(string path, int width = 1440, ColorScheme scheme = ColorScheme.Light) => _chromium!.OpenAsync(Calls.Url, path, width, scheme);

    public async ValueTask DisposeAsync()
    {
        if (_chromium is null) return;
        await _chromium.DisposeAsync();
        await Calls.DisposeAsync();
    }
}
