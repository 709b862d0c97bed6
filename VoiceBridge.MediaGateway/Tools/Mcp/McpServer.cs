using System.Text;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Tools.Mcp;

/// <summary>The process's one connection to an MCP server: made again when it is lost, its list of tools kept meanwhile.</summary>
internal sealed partial class McpServer(McpServerDefinition definition, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>The member of <c>_meta</c> that holds the key of a tool call.</summary>
    private const string KeyInMeta = "voicebridge/idempotency-key";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private const int LongestWords = 300;

    private readonly ILogger _logger = loggers.CreateLogger<McpServer>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstTry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<McpTool> _tools = [];
    private volatile McpClient? _client;
    private Task _running = Task.CompletedTask;
    private volatile string? _lastWords;

    public string Name => definition.Name;

    public ToolLimits Limits => definition.Limits;

    public bool IsConnected => _client is not null;

    /// <summary>The tools that the server named last.</summary>
    public IReadOnlyList<McpTool> Tools => _tools;

    /// <summary>Begins to connect; completes when the first try has succeeded or failed.</summary>
    public Task StartAsync()
    {
        _running = Task.Run(RunAsync);
        return _firstTry.Task;
    }

    /// <summary>Calls a tool; the text of its answer.</summary>
    /// <exception cref="AgentToolException">The server is away, or says that the call failed.</exception>
    public async Task<string> CallAsync(string tool, IReadOnlyDictionary<string, object?> arguments, string? key, CancellationToken cancellationToken)
    {
        if (_client is not { } client)
            throw new AgentToolException("The service is not available at the moment.");
        CallToolResult result;
        try
        {
            var options = key is null ? null : new RequestOptions { Meta = new JsonObject { [KeyInMeta] = key } };
            result = await client.CallToolAsync(tool, arguments, options: options, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is McpException or HttpRequestException or IOException or ObjectDisposedException)
        {
            throw new AgentToolException("The service failed.", e);
        }
        var text = new StringBuilder();
        foreach (var block in result.Content ?? [])
        {
            if (block is TextContentBlock { Text: { } part })
                text.Append(text.Length > 0 ? "\n" : "").Append(part);
        }
        if (result.IsError == true)
            throw new AgentToolException(text.Length is > 0 and <= 500 ? text.ToString() : "The service failed.");
        if (text.Length == 0 && result.StructuredContent is { } structured)
            return structured.ToString();
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var pause = FirstPause;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await using var client = await ConnectAsync(_stopping.Token).ConfigureAwait(false);
                pause = FirstPause;
                _client = client;
                _firstTry.TrySetResult();
                Log.Connected(_logger, Name, _tools.Count);
                await client.Completion.WaitAsync(_stopping.Token).ConfigureAwait(false);
                Log.Lost(_logger, Name);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // Whatever keeps it from working (no such program, refused, timed out), the rest of the gateway works on.
                Log.Unavailable(_logger, Name, pause.TotalSeconds, _lastWords ?? "nothing", e);
                _lastWords = null;
            }
            finally
            {
                _client = null;
                _firstTry.TrySetResult();
            }
            await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<McpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(definition.ConnectTimeout);
        IReadOnlyList<string> renewed = [NotificationMethods.ToolListChangedNotification];
        var options = new McpClientOptions
        {
            ClientInfo = new Implementation { Name = "VoiceBridge", Version = "0.1.0" },
            Handlers = new McpClientHandlers
            {
                NotificationHandlers = renewed.Select(method => KeyValuePair.Create(
                    method, (Func<JsonRpcNotification, CancellationToken, ValueTask>)RefreshAsync)),
            },
        };
        var client = await McpClient.CreateAsync(MakeTransport(), options, loggers, deadline.Token).ConfigureAwait(false);
        try
        {
            await ListAsync(client, deadline.Token).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask RefreshAsync(JsonRpcNotification notification, CancellationToken cancellationToken)
    {
        if (_client is { } client)
            await ListAsync(client, cancellationToken).ConfigureAwait(false);
    }

    private async Task ListAsync(McpClient client, CancellationToken cancellationToken)
    {
        var tools = await client.ListToolsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        _tools = [.. tools.Where(IsUsable).Select(tool => new McpTool(this, tool, ToolNames.MakeValid(tool.Name)))];
    }

    /// <summary>A tool that the service would refuse is left out: it would refuse the whole session.</summary>
    private bool IsUsable(McpClientTool tool)
    {
        if (Schema.ProblemOfTool(tool.JsonSchema) is not { } problem)
            return true;
        Log.Unusable(_logger, tool.Name, Name, problem);
        return false;
    }

    private IClientTransport MakeTransport() => definition.Url is { } url
        ? new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = url,
                Name = Name,
                TransportMode = HttpTransportMode.StreamableHttp,
                ConnectionTimeout = definition.ConnectTimeout,
                AdditionalHeaders = new Dictionary<string, string>(definition.Headers),
            },
            new HttpClient(MakeHandler()),
            loggers,
            ownsHttpClient: true)
        : new StdioClientTransport(
            new StdioClientTransportOptions
            {
                Command = definition.Command!,
                Arguments = [.. definition.Arguments],
                Name = Name,
                WorkingDirectory = definition.WorkingDirectory,
                // Why a program does not start, it says there; the first line says most.
                StandardErrorLines = line => _lastWords ??= string.IsNullOrWhiteSpace(line) ? null : line[..Math.Min(line.Length, LongestWords)],
                // Ours holds secrets that are none of the server's business.
                InheritEnvironmentVariables = false,
                EnvironmentVariables = MakeEnvironment(),
            },
            loggers);

    /// <summary>The headers may hold secrets, which are for this server and no other.</summary>
    private static SocketsHttpHandler MakeHandler()
    {
        var handler = PoolThreads.Handler();
        handler.AllowAutoRedirect = false;
        return handler;
    }

    private Dictionary<string, string?> MakeEnvironment()
    {
        var environment = StdioClientTransportOptions.GetDefaultEnvironmentVariables();
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root)
            environment["DOTNET_ROOT"] = root;
        foreach (var (name, value) in definition.Environment)
            environment[name] = value;
        return environment;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "MCP server {Server} connected, {Tools} tools")]
        public static partial void Connected(ILogger logger, string server, int tools);

        [LoggerMessage(2, LogLevel.Warning, "The connection to MCP server {Server} was lost")]
        public static partial void Lost(ILogger logger, string server);

        [LoggerMessage(4, LogLevel.Error, "The schema of tool {Tool} of MCP server {Server} {Problem}: calls go on without the tool")]
        public static partial void Unusable(ILogger logger, string tool, string server, string problem);

        [LoggerMessage(3, LogLevel.Warning, "MCP server {Server} is not available, next try in {Seconds} s. Its program said: {Said}")]
        public static partial void Unavailable(ILogger logger, string server, double seconds, string said, Exception exception);
    }
}
