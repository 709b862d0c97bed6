using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace VoiceBridge.CallControl.Tests.Fakes;

/// <summary>Takes media sockets and reads them: the least that a gateway does.</summary>
internal sealed class MediaSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _sockets;

    private MediaSink(WebApplication app) => _app = app;

    public string Address => _app.Urls.First().Replace("http://", "ws://", StringComparison.Ordinal);

    /// <summary>How many sockets have come.</summary>
    public int Sockets => _sockets;

    public static async Task<MediaSink> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var sink = new MediaSink(app);
        app.UseWebSockets();
        app.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            Interlocked.Increment(ref sink._sockets);
            var buffer = new byte[8192];
            try
            {
                while ((await socket.ReceiveAsync(buffer, context.RequestAborted)).MessageType is not WebSocketMessageType.Close)
                {
                }
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
            {
                // The caller's end of it is gone.
            }
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return sink;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
