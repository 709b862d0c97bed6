using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>
/// <c>POST /drain</c>: this replica takes no new calls, those that it has go on for <c>Drain:Seconds</c>; <c>DELETE /drain</c> takes the
/// order back. For operators without a dashboard at hand; needs no Redis.
/// </summary>
internal static class DrainEndpoint
{
    private const string Path = "/drain";

    public static void MapDrain(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(Path, (Drainer drainer) =>
        {
            drainer.Order();
            return Results.Accepted();
        }).RequireOpsAccess(OpsRight.Command);
        endpoints.MapDelete(Path, (Drainer drainer) =>
        {
            drainer.Cancel();
            return Results.NoContent();
        }).RequireOpsAccess(OpsRight.Command);
    }
}
