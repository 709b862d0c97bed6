using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VoiceBridge.AppHost;

/// <summary>
/// Healthy when the Redis server at <paramref name="endpoint"/> answers PING. A connection alone says nothing: the orchestrator's proxy
/// accepts one before there is a server.
/// </summary>
internal sealed class PingHealthCheck(EndpointReference endpoint) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!endpoint.IsAllocated) return HealthCheckResult.Unhealthy("no port yet");
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken);
            await socket.GetStream().WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
            var reply = new byte[1];
            return await socket.GetStream().ReadAsync(reply, cancellationToken) == 1 && reply[0] == (byte)'+'
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(string.Create(CultureInfo.InvariantCulture, $"no answer to PING on port {endpoint.Port}"));
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return HealthCheckResult.Unhealthy($"not reachable: {error.Message}");
        }
    }
}
