using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>A page in Chromium that notes console errors, failed requests and requests to anywhere else.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    private readonly string _url;
    private readonly List<string> _complaints = [];

    public WatchedPage(IPage page, string url)
    {
        (Page, _url) = (page, url);
        page.Console += (_, message) =>
        {
            if (message.Type is "error") Complain($"console: {message.Text}");
        };
        page.PageError += (_, error) => Complain($"script: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(url, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)) Complain($"request elsewhere: {request.Url}");
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints) return [.. _complaints];
        }
    }

    /// <summary>Opens a path and waits until the page is alive: it is prerendered first.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(_url + path);
        await Page.WaitForFunctionAsync("() => document.querySelector('[data-live=true]') && document.querySelector('h1')");
    }

    public async Task<IReadOnlyList<string>> AxeViolationsAsync()
    {
        var result = await Page.RunAxe();
        return [.. result.Violations.Select(violation => $"{violation.Id} ({violation.Impact}): {string.Join(" | ", violation.Nodes.Select(node => node.Html))}")];
    }

    /// <summary>By how many pixels the page is wider than its window.</summary>
    public Task<int> OverflowAsync() => Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    private void Complain(string what)
    {
        lock (_complaints) _complaints.Add(what);
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
