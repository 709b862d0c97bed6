using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>The talk page against a media socket that says what a gateway says.</summary>
public sealed class TalkInChromiumTests
{
    private const string NoChromium = "Chromium is not installed on this machine";

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Talk_SendsTheMicrophoneAndPlaysTheAgent()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var dashboard = await DashboardInChromium.StartAsync(calls: 2, gateways: 1, new Dictionary<string, string?> { ["Media:PublicUrl"] = gateway.Url });
        await using var page = await dashboard.OpenAsync("/talk");
        // What is chosen before the page is alive is not heard of.
        await page.Page.Locator("button:enabled", new() { HasText = "Start talking" }).WaitForAsync();
        await page.Page.GetByLabel("Agent profile").SelectOptionAsync("*");
        await page.Page.GetByPlaceholder("the name of a profile").FillAsync("reception");

        await page.Page.GetByText("Start talking").ClickAsync();

        // The microphone's frames reach the gateway, with a ticket that names the profile and is no telephone's.
        await Eventually.True(() => gateway.HeardBytes > 24_000, what: "half a second of the microphone at the gateway");
        var ticket = dashboard.App.Services.GetRequiredService<MediaTickets>().Read(gateway.Ticket);
        Assert.Null(ticket.Refusal);
        Assert.Equal(("web", "reception"), (ticket.Ticket!.Type, ticket.Ticket.Agent));
        Assert.True(gateway.HeardSomething);

        // The agent's sound comes out of the worklet, and what it says stands on the page.
        await page.Page.GetByText("Hello from the agent.").WaitForAsync();
        await page.Page.WaitForFunctionAsync("() => window.voiceBridgeTalk.playedSamples > 6000 && window.voiceBridgeTalk.loudestPlayed > 0.2");

        // An interruption empties the queue: ten seconds were sent, and nothing of them is left.
        await page.Page.WaitForFunctionAsync("() => window.voiceBridgeTalk.queuedSamples > 48000");
        gateway.Interrupt();
        await page.Page.WaitForFunctionAsync("() => window.voiceBridgeTalk.cleared >= 1 && window.voiceBridgeTalk.queuedSamples === 0");
        await page.Page.GetByText("interrupted").WaitForAsync();

        await page.Page.GetByText("Hang up").ClickAsync();
        await page.Page.GetByText("Ended after").WaitForAsync();
        await Eventually.True(() => gateway.HungUp, what: "the hang-up at the gateway");
        Assert.DoesNotContain(page.Complaints, complaint => !complaint.Contains(gateway.Url, StringComparison.Ordinal));
    }

    private sealed class FakeGateway : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly TaskCompletionSource _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _heard;

        private FakeGateway(WebApplication app) => _app = app;

        public string Url => _app.Urls.First().Replace("http:", "ws:", StringComparison.Ordinal);

        public string? Ticket { get; private set; }

        public long HeardBytes => Interlocked.Read(ref _heard);

        public bool HeardSomething { get; private set; }

        public bool HungUp { get; private set; }

        public static async Task<FakeGateway> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var gateway = new FakeGateway(app);
            app.UseWebSockets();
            app.Run(gateway.ServeAsync);
            await app.StartAsync(TestContext.Current.CancellationToken);
            return gateway;
        }

        public void Interrupt() => _interrupted.TrySetResult();

        private async Task ServeAsync(HttpContext context)
        {
            if (context.Request.Path != "/web/ws" || !context.WebSockets.IsWebSocketRequest)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }
            Ticket = context.Request.Query["ticket"];
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var speaking = SpeakAsync(socket, context.RequestAborted);
            var buffer = new byte[16 * 1024];
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
            {
                if (message.MessageType == WebSocketMessageType.Text)
                {
                    HungUp |= Encoding.UTF8.GetString(buffer, 0, message.Count).Contains("\"hangup\"", StringComparison.Ordinal);
                    continue;
                }
                Interlocked.Add(ref _heard, message.Count);
                HeardSomething |= buffer.AsSpan(0, message.Count).ContainsAnyExcept((byte)0);
            }
            await speaking;
        }

        private async Task SpeakAsync(WebSocket socket, CancellationToken ct)
        {
            // Ten seconds of 440 Hz at once: an agent's answer comes faster than it is played.
            for (var second = 0; second < 10; second++) await socket.SendAsync(Tone(second), WebSocketMessageType.Binary, true, ct);
            await SendAsync(socket, """{"type":"transcript","speaker":"agent","item_id":"i1","text":"Hello from the","final":false,"interrupted":false}""", ct);
            await SendAsync(socket, """{"type":"transcript","speaker":"agent","item_id":"i1","text":"Hello from the agent.","final":true,"interrupted":false}""", ct);
            await _interrupted.Task.WaitAsync(ct);
            await SendAsync(socket, """{"type":"stop_audio"}""", ct);
        }

        private static Task SendAsync(WebSocket socket, string json, CancellationToken ct) => socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, ct);

        private static byte[] Tone(int second)
        {
            var samples = new short[24_000];
            for (var i = 0; i < samples.Length; i++) samples[i] = (short)(12_000 * Math.Sin(2 * Math.PI * 440 * (second * samples.Length + i) / samples.Length));
            return [.. global::System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.AsSpan())];
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();
    }
}
