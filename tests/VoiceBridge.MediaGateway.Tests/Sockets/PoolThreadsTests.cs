using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Tests.Agents;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

/// <summary>What is not the media path runs on the thread pool, wherever its answers come in.</summary>
public sealed class PoolThreadsTests
{
    [Fact]
    public async Task Tool_ThatAwaitedASocket_GoesOnOnThePool()
    {
        var answer = new TaskCompletionSource<string>();
        var asked = new TaskCompletionSource();
        int? ranOn = null;
        var tool = AIFunctionFactory.Create(
            async () =>
            {
                asked.SetResult();
                var text = await answer.Task;
                ranOn = Environment.CurrentManagedThreadId;
                return text;
            },
            "look_up");
        await using var bench = new AgentBench(tools: [tool]).Greeted();
        bench.Respond("r1");
        bench.Call("r1", "c1", "look_up");

        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        // The answer comes on a thread that, like a socket's, would run whatever waits for it.
        var socketThread = new Thread(() => answer.SetResult("found"));
        socketThread.Start();
        bench.Finish("r1");

        await Eventually.True(() => bench.Outputs.Count == 1);
        Assert.Equal(("c1", "found"), bench.Outputs[0]);
        Assert.NotEqual(socketThread.ManagedThreadId, ranOn);
    }

    [Fact]
    public async Task Stream_HandsItsWaitsOver_AsManyAsItIsTold()
    {
        var source = new WaitingStream();
        await using var stream = new PoolStream(source, waits: 1);
        var buffer = new byte[8];

        Assert.NotEqual(await ReadOnThreadAsync(), source.Thread);
        Assert.Equal(await ReadOnThreadAsync(), source.Thread);

        async Task<int> ReadOnThreadAsync()
        {
            var reading = ThreadOfAsync(stream.ReadAsync(buffer));
            source.Answer();
            return await reading;
        }
    }

    [Fact]
    public async Task Handler_ServesHttp_AndNamesWhatFails()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        using var http = new HttpClient(PoolThreads.Handler());

        var asking = http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), TestContext.Current.CancellationToken);
        using (var peer = await server.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            await peer.ReceiveAsync(new byte[4096], SocketFlags.None, TestContext.Current.CancellationToken);
            await peer.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"), SocketFlags.None, TestContext.Current.CancellationToken);
        }
        Assert.Equal("hello", await asking);

        server.Stop();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), TestContext.Current.CancellationToken));
    }

    private static async Task<int> ThreadOfAsync(ValueTask<int> reading)
    {
        await reading.ConfigureAwait(false);
        return Environment.CurrentManagedThreadId;
    }

    /// <summary>Answers each read from a thread of its own, which runs what waits for it.</summary>
    private sealed class WaitingStream : MemoryStream
    {
        private TaskCompletionSource<int> _reading = new();

        public int Thread { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_reading.Task);

        public void Answer()
        {
            var reading = _reading;
            _reading = new TaskCompletionSource<int>();
            var thread = new Thread(() => reading.SetResult(1));
            Thread = thread.ManagedThreadId;
            thread.Start();
            thread.Join();
        }
    }
}
