using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>Accepts Voice Live connections: key or token, quota, and a session each.</summary>
internal sealed class VoiceLiveService(SimulatorOptions options, TimeProvider time, ILoggerFactory logs)
{
    private readonly ConcurrentQueue<SimulatedSession> _sessions = new();
    private readonly ConcurrentDictionary<string, ConnectBudget> _budgets = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, int> _refusedAt = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyCollection<SimulatedSession> Sessions => [.. _sessions];

    internal int Refused => _refusedAt.Values.Sum();

    internal int RefusedAt(string name) => _refusedAt.GetValueOrDefault(name);

    internal async Task AcceptAsync(HttpContext http, string? name)
    {
        VoiceLiveEndpointOptions? endpoint = null;
        if (name is not null && !options.VoiceLive.Endpoints.TryGetValue(name, out endpoint))
        {
            http.Response.StatusCode = (int)HttpStatusCode.NotFound;
            return;
        }
        var behaviour = options.VoiceLive;
        if (await RefuseAsync(http, name ?? "", endpoint) is { } status)
        {
            _refusedAt.AddOrUpdate(name ?? "", 1, static (_, n) => n + 1);
            http.Response.StatusCode = (int)status;
            return;
        }
        var delay = endpoint?.ConnectDelay ?? behaviour.ConnectDelay;
        if (delay > TimeSpan.Zero) await Task.Delay(delay, time, http.RequestAborted);
        using var accepted = await http.WebSockets.AcceptWebSocketAsync();
        using var socket = new SessionSocket(accepted, behaviour, http.RequestAborted);
        var session = new SimulatedSession(
            socket, name ?? "", http.Request.Query["model"].ToString(), http.Request.QueryString.Value ?? "", options, time, logs.CreateLogger<SimulatedSession>());
        _sessions.Enqueue(session);
        while (_sessions.Count > options.Remembered && _sessions.TryPeek(out var oldest) && !oldest.IsOpen) _sessions.TryDequeue(out _);
        await session.RunAsync();
    }

    private async Task<HttpStatusCode?> RefuseAsync(HttpContext http, string name, VoiceLiveEndpointOptions? endpoint)
    {
        var behaviour = options.VoiceLive;
        if (!http.WebSockets.IsWebSocketRequest) return HttpStatusCode.BadRequest;
        if (!Authorized(http, endpoint?.Key ?? options.VoiceLiveKey)) return HttpStatusCode.Unauthorized;
        if ((endpoint?.Refuse ?? behaviour.Refuse) is { } refuse)
        {
            if (endpoint?.RetryAfter is { } after) http.Response.Headers.RetryAfter = after;
            return refuse;
        }
        var query = http.Request.Query;
        var agent = query["agent-name"].ToString().Length > 0 && query["agent-project-name"].ToString().Length > 0;
        if (query["api-version"].ToString().Length == 0 || (query["model"].ToString().Length == 0 && !agent))
        {
            http.Response.StatusCode = (int)HttpStatusCode.BadRequest;
            await http.Response.WriteAsync("api-version, and model or agent-name with agent-project-name, are required.", http.RequestAborted);
            return HttpStatusCode.BadRequest;
        }
        var budget = _budgets.GetOrAdd(name, _ => new ConnectBudget(time));
        if (budget.TryTake(endpoint?.ConnectionsPerMinute ?? behaviour.ConnectionsPerMinute, out var wait)) return null;
        http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return HttpStatusCode.TooManyRequests;
    }

    private static bool Authorized(HttpContext http, string key)
    {
        var query = http.Request.Query;
        if (http.Request.Headers["api-key"].ToString() == key || query["api-key"].ToString() == key) return true;
        var bearer = http.Request.Headers.Authorization.ToString();
        if (bearer.Length == 0) bearer = query["Authorization"].ToString();
        return bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && bearer.Length > "Bearer ".Length;
    }
}
