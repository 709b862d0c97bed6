using StackExchange.Redis;
using VoiceBridge.CallControl;
using VoiceBridge.Local.Hosting;
using VoiceBridge.Local.Settings;
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
        var name = $"gateway-{index}";
        var port = _ports.Take($"gateway {index}", MediaPort + index);
        var media = _mediaIngress?.Address ?? new Uri($"http://127.0.0.1:{port}");
        var gateway = await StartAsync(name, port, MediaGatewayApp.Create, "VoiceBridge.MediaGateway.dll", _settings.ForGateway(name, media), cancellationToken);
        _gateways.Add(gateway);
        await WaitUntilKnownAsync(gateway, cancellationToken);
        RouteMedia();
        return gateway;
    }

    /// <summary>The id in the cluster of the gateway with this name.</summary>
    public string GatewayId(string name) => _gatewayIds[name];

    /// <summary>Starts one more replica of CallControl.</summary>
    public async Task<Service> AddControlAsync(CancellationToken cancellationToken)
    {
        var index = _controls.Count + 1;
        var media = _mediaIngress?.Address ?? _gateways[(index - 1) % _gateways.Count].Address;
        var control = await StartAsync(
            $"callcontrol-{index}", _ports.Take($"CallControl {index}", CallControlPort + index), CallControlApp.Create, "VoiceBridge.CallControl.dll",
            _settings.ForCallControl(media), cancellationToken);
        _controls.Add(control);
        RouteControl();
        return control;
    }

    /// <summary>The name of the gateway with this id, e.g. <c>gateway-1</c>: an id is the name and what tells its starts apart.</summary>
    public static string? GatewayName(string? gatewayId) => gatewayId?.LastIndexOf('-') is { } end and > 0 ? gatewayId[..end] : gatewayId;

    private void RouteMedia() => _mediaIngress?.Route([.. _gateways.Where(gateway => gateway.Running).Select(gateway => gateway.Address), .. _joined?.Gateways ?? []]);

    private void RouteControl() => _controlIngress.Route([.. _controls.Where(control => control.Running).Select(control => control.Address), .. _joined?.Controls ?? []]);

    private async Task<Service> StartAsync(
        string name, int port, Func<string[], Action<WebApplicationBuilder>, WebApplication> create, string assembly,
        ServiceSettings settings, CancellationToken cancellationToken) =>
        _options.Processes
            ? await ChildService.StartAsync(name, port, assembly, settings.Flat(), _options.ChildOutput ?? (_ => { }), cancellationToken)
            : await HostedService.StartAsync(name, port, create, settings, _options.Log, cancellationToken);

    /// <summary>
    /// Waits until the cluster knows the gateway that has just started: calls that ring before would be busy. Its id begins with its name.
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
                if (known.FirstOrDefault(g => GatewayName(g.Heartbeat.GatewayId) == gateway.Name) is { } found)
                {
                    _gatewayIds[gateway.Name] = found.Heartbeat.GatewayId;
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
