using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.EndedCalls.Webhooks;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.History.Webhooks;

namespace VoiceBridge.CallControl.Tests.EndedCalls.Webhooks;

public sealed class WebhookClientTests : IAsyncLifetime
{
    private FakeReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await FakeReceiver.StartAsync();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Theory, InlineData(200), InlineData(202), InlineData(204)]
    public async Task Success_IsDelivered(int status)
    {
        Assert.Null((await SendAsync(status)).Error);
        Assert.Equal("{}", Assert.Single(_receiver.Seen).Body);
    }

    [Fact]
    public async Task Gone_Stops() => Assert.True((await SendAsync(410)).IsGone);

    [Theory]
    [InlineData("120", 120), InlineData("Thu, 01 Jan 2026 00:01:00 GMT", 60), InlineData("soon", null)]
    public async Task Refusal_SaysWhenToComeAgain(string header, int? seconds)
    {
        var result = await SendAsync(503, context => context.Response.Headers.RetryAfter = header);

        Assert.Equal("answered 503", result.Error);
        Assert.Equal(seconds, result.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        var result = await SendAsync(307, context => context.Response.Headers.Location = _receiver.Url + "/elsewhere");

        Assert.Equal("answered 307; redirects are not followed", result.Error);
        Assert.Single(_receiver.Seen);
    }

    [Fact]
    public async Task ReceiverThatHangs_FailsInTime()
    {
        var released = new TaskCompletionSource();
        _receiver.Answer = async _ =>
        {
            await released.Task;
            return 204;
        };
        using var client = Client(new WebhookOptions { AllowPrivate = true, Timeout = TimeSpan.FromMilliseconds(200) });

        Assert.Contains("no answer within", (await client.SendAsync(_receiver.Url, new StringContent("{}"), TestContext.Current.CancellationToken)).Error, StringComparison.Ordinal);
        released.SetResult();
    }

    [Fact]
    public async Task NobodyThere_Fails()
    {
        using var client = Client(new WebhookOptions { AllowPrivate = true });
        Assert.Contains("refused", (await client.SendAsync(new Uri("http://127.0.0.1:1/"), new StringContent("{}"), TestContext.Current.CancellationToken)).Error, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What a name stands for is looked at when the connection is opened, each time.</summary>
    [Theory]
    [InlineData("receiver.example", "127.0.0.1"), InlineData("receiver.example", "::1"), InlineData("receiver.example", "::ffff:127.0.0.1"), InlineData("127.0.0.1", null), InlineData("localhost", "127.0.0.1")]
    [InlineData("0x7f.1", "127.0.0.1")]
    public async Task PrivateAddress_IsNotConnectedTo_UnlessAllowed(string host, string? address)
    {
        var url = new UriBuilder(_receiver.Url) { Host = host }.Uri;
        using (var strict = Client(new WebhookOptions(), address))
        {
            var result = await strict.SendAsync(url, new StringContent("{}"), TestContext.Current.CancellationToken);
            Assert.Contains("has no public address", result.Error, StringComparison.Ordinal);
        }

        Assert.Empty(_receiver.Seen);
        if (address == "::1") return;
        using var open = Client(new WebhookOptions { AllowPrivate = true }, address);
        Assert.Null((await open.SendAsync(url, new StringContent("{}"), TestContext.Current.CancellationToken)).Error);
    }

    private async Task<WebhookResult> SendAsync(int status, Action<HttpContext>? with = null)
    {
        _receiver.Answer = context =>
        {
            with?.Invoke(context);
            return Task.FromResult(status);
        };
        using var client = Client(new WebhookOptions { AllowPrivate = true });
        return await client.SendAsync(_receiver.Url, new StringContent("{}"), TestContext.Current.CancellationToken);
    }

    private static WebhookClient Client(WebhookOptions options, string? address = "127.0.0.1") => new(
        Options.Create(options), new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
        (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address!)]));
}
