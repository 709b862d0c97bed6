using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VoiceBridge.Cluster;
using VoiceBridge.History.Reading;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.History.Tests.Storage;

public sealed class EntraIdTests
{
    [Fact]
    public async Task Token_IsThePassword()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:history"] = $"Host=127.0.0.1;Port={((IPEndPoint)server.LocalEndpoint).Port};Database=history;Username=voicebridge-callcontrol;SSL Mode=Disable",
            ["History:EntraId"] = "true",
            ["Cluster:Keys:0"] = TestHistory.NewKey(),
        });
        var credential = new OneToken();
        builder.Services.AddLogging().AddSingleton<TokenCredential>(credential).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new CallerIdPrivacy(Microsoft.Extensions.Options.Options.Create(new PrivacyOptions())));
        builder.Services.AddCluster(builder.Configuration);
        builder.AddHistory();
        using var host = builder.Build();

        var asking = host.Services.GetRequiredService<CallHistory>().FindAsync(new CallQuery(), TestHistory.Ct);
        var password = await ReadPasswordAsync(server);

        Assert.Equal("the token", password);
        Assert.Equal("https://ossrdbms-aad.database.windows.net/.default", credential.Scope);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => asking);
    }

    /// <summary>Takes a connection, asks for a password in clear text, and hangs up.</summary>
    private static async Task<string> ReadPasswordAsync(TcpListener server)
    {
        using var client = await server.AcceptTcpClientAsync(TestHistory.Ct);
        await using var stream = client.GetStream();
        await ReadAsync(stream, tagged: false);
        await stream.WriteAsync((byte[])[(byte)'R', 0, 0, 0, 8, 0, 0, 0, 3], TestHistory.Ct);
        return Encoding.UTF8.GetString(await ReadAsync(stream, tagged: true)).TrimEnd('\0');
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream, bool tagged)
    {
        var head = new byte[tagged ? 5 : 4];
        await stream.ReadExactlyAsync(head, TestHistory.Ct);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(head.Length - 4)) - 4];
        await stream.ReadExactlyAsync(body, TestHistory.Ct);
        return body;
    }

    private sealed class OneToken : TokenCredential
    {
        public string? Scope { get; private set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scope = requestContext.Scopes[0];
            return new AccessToken("the token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
