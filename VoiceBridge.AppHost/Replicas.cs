using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace VoiceBridge.AppHost;

/// <summary>One process of a service: the name that Aspire gave it, and the address at which it answers itself, without the proxy that all replicas share.</summary>
internal sealed record Replica(string Name, Uri Address);

/// <summary>The processes that run, by the service that they are of.</summary>
internal sealed class Replicas
{
    private readonly ConcurrentDictionary<string, (IResource Service, Replica Replica)> _running = new();

    // No hosted service: Aspire starts those after its own, which waits for resources to be healthy, and their health is asked of this.
    public Replicas(ResourceNotificationService states, IHostApplicationLifetime life) => _ = WatchAsync(states, life.ApplicationStopping);

    /// <summary>Those of <paramref name="service"/>, in the order of their names.</summary>
    public IReadOnlyList<Replica> Of(IResource service) =>
        [.. _running.Values.Where(known => known.Service == service).Select(known => known.Replica).OrderBy(replica => replica.Name, StringComparer.Ordinal)];

    /// <summary>Registers it in the AppHost, once.</summary>
    public static void AddTo(IServiceCollection services) => services.TryAddSingleton<Replicas>();

    private async Task WatchAsync(ResourceNotificationService states, CancellationToken stopping)
    {
        try
        {
            await foreach (var change in states.WatchAsync(stopping)) Record(change);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The AppHost ends.
        }
    }

    private void Record(ResourceEvent change)
    {
        if (change.Snapshot is { IsHidden: false, State.Text: "Running" }
            && change.Snapshot.EnvironmentVariables.FirstOrDefault(variable => variable.Name == "ASPNETCORE_URLS")?.Value is { Length: > 0 } address)
        {
            _running[change.ResourceId] = (change.Resource, new Replica(change.ResourceId, new Uri(address)));
        }
        else
        {
            _running.TryRemove(change.ResourceId, out _);
        }
    }
}
