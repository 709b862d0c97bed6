using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace VoiceBridge.CallControl.Tests.Fakes;

/// <summary>One webhook that reached the receiver.</summary>
internal sealed record SeenWebhook(string Path, string Body, HeaderDictionary Headers, int Status)
{
    public string Id => Headers["webhook-id"].ToString();
}

/// <summary>A receiver of webhooks on a real socket. It answers as it is told.</summary>
internal sealed class FakeReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeReceiver(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First() + "/hook");

    public ConcurrentQueue<SeenWebhook> Seen { get; } = new();

    /// <summary>The ids of the events that it took.</summary>
    public IEnumerable<string> Taken => Seen.Where(webhook => webhook.Status < 300).Select(webhook => webhook.Id);

    /// <summary>What it answers.</summary>
    public Func<HttpContext, Task<int>> Answer { get; set; } = _ => Task.FromResult(StatusCodes.Status204NoContent);

    public static async Task<FakeReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new FakeReceiver(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            var status = await receiver.Answer(context);
            receiver.Seen.Enqueue(new SeenWebhook(context.Request.Path, body, new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value)), status));
            context.Response.StatusCode = status;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
