using System.Net;
using Microsoft.Extensions.Logging.Testing;
using VoiceBridge.Testing;

namespace VoiceBridge.Dashboard.Tests.Access;

/// <summary>What people who are not signed in can make the dashboard do: write little, cause no error, and keep nobody out.</summary>
public sealed class UnauthenticatedTests
{
    private const int Requests = 600;
    // Without a bound there is a line for each request; with it 200, and ten more each second that the test takes.
    private const int MostLines = 500;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sign_in_that_cannot_be_reached_is_a_page_and_some_lines()
    {
        var log = new FakeLogCollector();
        await using var dashboard = await StartAsync(log, ("AzureAd:Instance", "https://127.0.0.1:1/"));
        using var refused = new MetricCount("voicebridge.refusals", "reason", "sign_in");

        using var first = await dashboard.SendAsync(HttpMethod.Get, "/");
        await Parallel.ForAsync(0, Requests, Ct, async (_, _) => (await dashboard.SendAsync(HttpMethod.Get, "/")).Dispose());

        Assert.Equal((HttpStatusCode.Redirect, "/sign-in-failed"), (first.StatusCode, first.Headers.Location?.OriginalString));
        Assert.True(refused.Count > Requests);
        AssertQuiet(log);
    }

    [Theory]
    [InlineData("code=x&state=x")]
    [InlineData("error=no&error_description=%1b%5b31m&state=x")]
    [InlineData("")]
    public async Task Garbage_for_the_sign_in_writes_some_lines(string form)
    {
        var log = new FakeLogCollector();
        await using var dashboard = await StartAsync(log);

        await Parallel.ForAsync(0, Requests, Ct, async (_, _) =>
        {
            using var content = new StringContent(form, System.Text.Encoding.ASCII, "application/x-www-form-urlencoded");
            using var answer = await dashboard.PostAsync("/signin-oidc", content);
            Assert.True((int)answer.StatusCode < 500, $"{answer.StatusCode}");
        });

        AssertQuiet(log);
    }

    private static Task<SignedInDashboard> StartAsync(FakeLogCollector log, params (string Name, string Value)[] settings) => SignedInDashboard.StartAsync(
        changed: settings.Append(("Limits:UnauthenticatedPerSecond", "100000")).Append(("Logging:LogLevel:Default", "Information")).ToDictionary(setting => setting.Item1, setting => (string?)setting.Item2),
        log: new FakeLoggerProvider(log));

    private static void AssertQuiet(FakeLogCollector log)
    {
        var lines = log.GetSnapshot();
        Assert.True(lines.Count < MostLines, $"{lines.Count} lines: {string.Join('\n', lines.Select(line => line.Message).Distinct().Take(10))}");
        Assert.DoesNotContain(lines, line => line.Exception is not null);
        Assert.DoesNotContain(lines, line => line.Message.Contains('\u001b', StringComparison.Ordinal));
    }
}
