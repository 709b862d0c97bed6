using System.Globalization;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Local.Hosting;

namespace VoiceBridge.Local.Cli;

/// <summary>What can be done to the system while calls run, as commands of the prompt.</summary>
internal sealed class Faults(LocalSystem system)
{
    /// <summary>The commands, as the help lists them.</summary>
    public IEnumerable<PromptCommand> Commands =>
    [
        Fault("kill gateway [n]", "end its process without warning", (gateway, _) => KillAsync(gateway), () => system.Gateways),
        Fault("stop gateway [n]", "stop it as a platform does, with SIGTERM", StopAsync, () => system.Gateways),
        Fault("drain gateway [n]", "take no new calls, hand over those it has", (gateway, ct) => OrderAsync(gateway, GatewayOrder.Drain, ct), () => system.Gateways),
        Fault("undrain gateway [n]", "take calls again", (gateway, ct) => OrderAsync(gateway, GatewayOrder.Undrain, ct), () => system.Gateways),
        Fault("start gateway", "start one more", async ct => Started(await system.AddGatewayAsync(ct))),
        Fault("kill callcontrol [n]", "end its process without warning", (control, _) => KillAsync(control), () => system.Controls),
        Fault("stop callcontrol [n]", "stop it as a platform does, with SIGTERM", StopAsync, () => system.Controls),
        Fault("start callcontrol", "start one more", async ct => Started(await system.AddControlAsync(ct))),
        Fault("flush redis", "empty it", async _ =>
        {
            await system.FlushRedisAsync();
            return "Redis emptied";
        }),
        Fault("stop redis", "what it holds is lost", _ => Do(system.StopRedis, "Redis stopped")),
        Fault("start redis", "start it again, empty", _ => Do(system.RestartRedis, "Redis started, empty")),
        Fault("drop voicelive", "cut every session of the simulated Voice Live", _ => Task.FromResult(
            system.Azure is { } azure && system.SimulatedAgent ? $"{azure.DropVoiceLive()} Voice Live sessions dropped" : throw new PromptException("Voice Live is a real one."))),
    ];

    private static PromptCommand Fault(string usage, string does, Func<CancellationToken, Task<string>> run) =>
        new(usage, does, (_, ct) => run(ct)) { IsFault = true };

    private static PromptCommand Fault(string usage, string does, Func<Service, CancellationToken, Task<string>> run, Func<IReadOnlyList<Service>> services) =>
        new(usage, does, (arguments, ct) => run(Choose(services(), arguments), ct)) { IsFault = true };

    /// <summary>The one with this number, else the first that runs.</summary>
    private static Service Choose(IReadOnlyList<Service> services, string[] arguments)
    {
        if (arguments.Length == 0)
            return services.FirstOrDefault(service => service.Running) ?? throw new PromptException("None runs.");
        if (!int.TryParse(arguments[0], CultureInfo.InvariantCulture, out var number) || number < 1 || number > services.Count)
            throw new PromptException(string.Create(CultureInfo.InvariantCulture, $"There are {services.Count}: 1 to {services.Count}, not '{arguments[0]}'."));
        var chosen = services[number - 1];
        return chosen.Running ? chosen : throw new PromptException($"{chosen.Name} does not run.");
    }

    private static async Task<string> KillAsync(Service service)
    {
        await service.KillAsync();
        return service is ChildService ? $"{service.Name} killed" : $"{service.Name} stopped at once; to be killed it needs a process of its own: --processes";
    }

    private static async Task<string> StopAsync(Service service, CancellationToken cancellationToken)
    {
        await service.StopAsync(cancellationToken);
        return $"{service.Name} stopped";
    }

    private static string Started(Service service) => $"{service.Name} started at {service.Address.GetLeftPart(UriPartial.Authority)}";

    private static Task<string> Do(Action act, string done)
    {
        act();
        return Task.FromResult(done);
    }

    private async Task<string> OrderAsync(Service gateway, GatewayOrder order, CancellationToken cancellationToken)
    {
        await system.Cluster.Gateways.OrderAsync(system.GatewayId(gateway.Name), order, cancellationToken);
        return $"{gateway.Name} told to {order.ToString().ToLowerInvariant()}";
    }
}
