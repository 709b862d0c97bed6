using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.ServiceDefaults.Redis;

/// <summary>
/// Signs the process's Redis client in with tokens of Entra ID and keeps it signed in: Azure closes a connection when the token that it was
/// authenticated with ends.
/// </summary>
/// <remarks>
/// A renewed token is sent (<c>AUTH</c>) on each connection for commands. A subscribed connection of RESP2 takes no <c>AUTH</c>: it is closed,
/// and the client opens another one with the new token and subscribes again at once. What is published in between is lost, as in any
/// reconnect; that happens after the token was accepted on the connection beside it, so never because of a token that is refused.
/// </remarks>
internal sealed partial class EntraIdAuthentication : IAsyncDisposable
{
    /// <summary>A service that starts asks for a token before its first connection; longer than that it does not wait.</summary>
    private static readonly TimeSpan FirstAnswerWait = TimeSpan.FromSeconds(5);

    private readonly RedisTokenSource _tokens;
    private readonly TimeProvider _time;
    private readonly ILogger<EntraIdAuthentication> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Connections for commands, with the token that was the newest when they were opened or last authenticated.</summary>
    private readonly ConcurrentDictionary<EndPoint, RedisToken?> _interactive = new();
    private readonly ConcurrentDictionary<EndPoint, (Socket Socket, RedisToken? Token)> _subscriptions = new();
    private readonly Task _running;
    private volatile ConnectionMultiplexer? _connection;

    public EntraIdAuthentication(RedisTokenSource tokens, TimeProvider time, ILogger<EntraIdAuthentication> logger)
    {
        (_tokens, _time, _logger) = (tokens, time, logger);
        _tokens.Renewed += SetDue;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Lets a client that is about to connect sign in. Blocks until Entra ID has answered, for a few seconds at most.</summary>
    public void Apply(ConfigurationOptions options)
    {
        _tokens.StartAsync().Wait(FirstAnswerWait);
        options.Defaults = new EntraIdDefaults(_tokens, OnConnected);
        options.BeforeSocketConnect += OnConnecting;
    }

    public async ValueTask DisposeAsync()
    {
        _tokens.Renewed -= SetDue;
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    /// <summary>The token is read after this, so the connection has this one or a newer one.</summary>
    private void OnConnecting(EndPoint endpoint, ConnectionType type, Socket socket)
    {
        if (type == ConnectionType.Subscription) _subscriptions[endpoint] = (socket, _tokens.Current);
        else _interactive[endpoint] = _tokens.Current;
    }

    private void OnConnected(ConnectionMultiplexer connection)
    {
        _connection = connection;
        connection.ConnectionRestored += (_, _) => SetDue();
        SetDue();
    }

    private void SetDue() => _due.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        try
        {
            while (await _due.Reader.ReadAsync(_stopping.Token))
            {
                for (var failures = 1; !await AuthenticateAllAsync(); failures++) await Task.Delay(RetryDelay.After(failures), _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    private async Task<bool> AuthenticateAllAsync()
    {
        if (_connection is not { } connection || _tokens.Current is not { } token) return true;
        var all = true;
        foreach (var server in connection.GetServers())
        {
            // One that is not connected takes the newest token when it is, and sets this due again.
            if (server.IsConnected) all &= await AuthenticateAsync(server, token);
        }

        return all;
    }

    private async Task<bool> AuthenticateAsync(IServer server, RedisToken token)
    {
        var endpoint = server.EndPoint;
        if (_interactive.TryGetValue(endpoint, out var used) && used != token)
        {
            try
            {
                await server.ExecuteAsync("AUTH", token.User, token.Password);
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                VoiceBridgeTelemetry.RedisAuthentications.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
                LogFailed(_logger, exception, EndPointCollection.ToString(endpoint));
                return false;
            }

            // Unless it was opened again meanwhile, with a token that is as new.
            _interactive.TryUpdate(endpoint, token, used);
            VoiceBridgeTelemetry.RedisAuthentications.Add(1, new KeyValuePair<string, object?>("outcome", "ok"));
            LogAuthenticated(_logger, EndPointCollection.ToString(endpoint), token.ExpiresOn);
        }

        if (_subscriptions.TryGetValue(endpoint, out var subscription) && subscription.Token != token
            && _subscriptions.TryRemove(KeyValuePair.Create(endpoint, subscription))) Close(subscription.Socket);
        return true;
    }

    private static void Close(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    [LoggerMessage(EventId = 9103, Level = LogLevel.Information, Message = "Redis {Endpoint} has the token that is valid until {ExpiresOn}; the connection for events is opened again with it")]
    private static partial void LogAuthenticated(ILogger logger, string endpoint, DateTimeOffset expiresOn);

    [LoggerMessage(EventId = 9104, Level = LogLevel.Warning, Message = "Redis {Endpoint} did not take the new token")]
    private static partial void LogFailed(ILogger logger, Exception exception, string endpoint);
}
