using StackExchange.Redis;
using VoiceBridge.CallControl;
using VoiceBridge.Local.Hosting;
using VoiceBridge.MediaGateway;

namespace VoiceBridge.Local;

/// <content>Replicas come and go while the system runs.</content>
public sealed partial class LocalSystem
{
    private static readonly TimeSpan KnownDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Starts one more gateway.</summary>
    public async Task<Service> AddGatewayAsync(CancellationToken cancellationToken)
    {
        var index = _gateways.Count + 1;
        var port = _ports.Take($"gateway {index}", MediaPort + index);
        var media = _mediaIngress?.Address ?? new Uri($"http://127.0.0.1:{port}");
        var gateway = await StartAsync($"gateway-{index}", port, MediaGatewayApp.Create, "VoiceBridge.MediaGateway.dll", _settings.ForGateway(media), cancellationToken);
        _gateways.Add(gateway);
        await WaitUntilKnownAsync(gateway, cancellationToken);
        _mediaIngress?.Route(_gateways.Where(g => g.Running).Select(g => g.Address));
        return gateway;
    }

    /// <summary>The id in the cluster of the gateway with this name.</summary>
    public string GatewayId(string name) => _gatewayNames.First(entry => entry.Value == name).Key;

    /// <summary>Starts one more replica of CallControl.</summary>
    public async Task<Service> AddControlAsync(CancellationToken cancellationToken)
    {
        var index = _controls.Count + 1;
        var media = _mediaIngress?.Address ?? _gateways[(index - 1) % _gateways.Count].Address;
        var control = await StartAsync(
            $"callcontrol-{index}", _ports.Take($"CallControl {index}", CallControlPort + index), CallControlApp.Create, "VoiceBridge.CallControl.dll",
            _settings.ForCallControl(media), cancellationToken);
        _controls.Add(control);
        _controlIngress.Route(_controls.Where(c => c.Running).Select(c => c.Address));
        return control;
    }

    /// <summary>The name of the gateway with this id, e.g. <c>gateway-1</c>; the start of the id when it is not one of ours.</summary>
    public string? GatewayName(string? gatewayId) =>
        gatewayId is null ? null : _gatewayNames.TryGetValue(gatewayId, out var name) ? name : gatewayId[..Math.Min(gatewayId.Length, 8)];

    private async Task<Service> StartAsync(
        string name, int port, Func<string[], Action<WebApplicationBuilder>, WebApplication> create, string assembly,
        Dictionary<string, string?> settings, CancellationToken cancellationToken) =>
        _options.Processes
            ? await ChildService.StartAsync(name, port, assembly, settings, _options.ChildOutput ?? (_ => { }), cancellationToken)
            : await HostedService.StartAsync(name, port, create, settings, _options.Log, cancellationToken);

    /// <summary>
    /// Waits until the cluster knows the gateway that has just started: calls that ring before would be busy. Its id is the new one.
    /// </summary>
    private async Task WaitUntilKnownAsync(Service gateway, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(KnownDeadline);
        while (true)
        {
            try
            {
                var known = await Cluster.Gateways.ListAsync(deadline.Token);
                if (known.FirstOrDefault(g => !_gatewayNames.ContainsKey(g.Heartbeat.GatewayId)) is { } found)
                {
                    _gatewayNames[found.Heartbeat.GatewayId] = gateway.Name;
                    return;
                }
            }
            catch (RedisException)
            {
                // On a busy machine the client may not have connected yet; the deadline decides.
            }

            await Task.Delay(50, deadline.Token);
        }
    }
}
