using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary><c>/health</c>, <c>/stats</c> and <c>/ready</c> of this replica.</summary>
internal static class StatsEndpoints
{
    // Numbers begin with a plus sign, which the default encoder would escape.
    private static readonly StatsJson Json = new(new JsonSerializerOptions(StatsJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static void MapStats(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health", (ConnectionManager connections) => Results.Json(Health(connections), Json.HealthBody));
        endpoints.MapGet("/stats", (ConnectionManager connections, CallerTypes types) => Results.Json(Stats(connections, types), Json.StatsBody)).RequireOpsAccess();
        endpoints.MapGet("/ready", (ConnectionManager connections, VoiceLiveConnector voiceLive) => NotReady(connections, voiceLive) is { } why
            ? Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready"));
    }

    internal static HealthBody Health(ConnectionManager connections) =>
        new(Status(connections), connections.ActiveConnections, connections.MaxConnections);

    internal static StatsBody Stats(ConnectionManager connections, CallerTypes types)
    {
        var all = connections.Snapshot();
        return new StatsBody(
            Status(connections),
            all.Count,
            connections.MaxConnections,
            types.Names.ToDictionary(type => type, type => all.Count(connection => connection.Type == type)),
            [.. all.Select(connection => new StatsConnection(
                connection.ConnectionId,
                connection.CallerShown,
                connection.Type,
                connection.ConnectedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                "connected"))]);
    }

    /// <summary>Why the next call is better sent to another gateway; null when this one takes it.</summary>
    private static string? NotReady(ConnectionManager connections, VoiceLiveConnector voiceLive) =>
        voiceLive.Endpoints.Count == 0 ? VoiceLiveConnector.NoEndpoint
        : connections.Draining ? "draining"
        : connections.Ready ? null : "full";

    private static string Status(ConnectionManager connections) => connections.Draining ? "draining" : "healthy";
}
