using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VoiceBridge.AppHost;

/// <summary>
/// Healthy when every replica of <paramref name="service"/> answers <paramref name="path"/> with 200. Aspire's own check asks through the proxy,
/// which is one of them: the first calls would meet a replica that does not listen yet.
/// </summary>
internal sealed class ReplicasHealthCheck(Replicas replicas, HttpMessageInvoker http, IResource service, string path) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var running = replicas.Of(service);
        var answers = await Task.WhenAll(running.Select(replica => AskAsync(replica, cancellationToken)));
        var wanted = service.GetReplicaCount();
        if (running.Count < wanted) answers = [.. answers, $"{running.Count} of {wanted} replicas run"];
        var complaints = answers.OfType<string>().ToArray();
        return (complaints.Length, answers.Length - complaints.Length) switch
        {
            (0, _) => HealthCheckResult.Healthy(),
            (_, 0) => HealthCheckResult.Unhealthy(string.Join("; ", complaints)),
            _ => HealthCheckResult.Degraded(string.Join("; ", complaints)),
        };
    }

    // Null when all is well.
    private async Task<string?> AskAsync(Replica replica, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(replica.Address, path));
            using var reply = await http.SendAsync(request, deadline.Token);
            return reply.IsSuccessStatusCode ? null : $"{replica.Name}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(deadline.Token)}";
        }
        catch (HttpRequestException)
        {
            return $"{replica.Name} does not listen";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{replica.Name} does not answer";
        }
    }
}
