using System.Globalization;
using StackExchange.Redis;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Local.Hosting;

namespace VoiceBridge.Local.Cli;

/// <summary>What can be done to the system while calls run, as typed commands.</summary>
internal sealed class Faults(LocalSystem system)
{
    internal const string Help =
        "kill|stop|drain gateway [n] - start gateway - kill|stop callcontrol [n] - start callcontrol - flush|stop|start redis - drop voicelive - quit";

    private readonly List<string> _done = [];

    /// <summary>What has been done so far.</summary>
    public IReadOnlyList<string> Done => _done;

    /// <summary>Does it, and says in one line what was done or why not.</summary>
    public async Task<string> RunAsync(string command, CancellationToken cancellationToken)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var number = words.Length > 2 && int.TryParse(words[2], CultureInfo.InvariantCulture, out var given) ? given : (int?)null;
        try
        {
            var done = words switch
            {
                ["kill", "gateway", ..] => await KillAsync(Choose(system.Gateways, number)),
                ["stop", "gateway", ..] => await StopAsync(Choose(system.Gateways, number), cancellationToken),
                ["drain", "gateway", ..] => await DrainAsync(Choose(system.Gateways, number), cancellationToken),
                ["start", "gateway"] => $"{(await system.AddGatewayAsync(cancellationToken)).Name} started",
                ["kill", "callcontrol", ..] => await KillAsync(Choose(system.Controls, number)),
                ["stop", "callcontrol", ..] => await StopAsync(Choose(system.Controls, number), cancellationToken),
                ["start", "callcontrol"] => $"{(await system.AddControlAsync(cancellationToken)).Name} started",
                ["flush", "redis"] => await FlushAsync(),
                ["stop", "redis"] => Do(system.StopRedis, "Redis stopped"),
                ["start", "redis"] => Do(system.RestartRedis, "Redis started, empty"),
                ["drop", "voicelive"] => system.Azure is { } azure ? $"{azure.DropVoiceLive()} Voice Live sessions dropped" : "Voice Live is a real one",
                _ => Help,
            };
            if (done != Help) _done.Add(string.Join(' ', words));
            return done;
        }
        catch (Exception exception) when (exception is InvalidOperationException or RedisException or TimeoutException)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "It did not come up in time.";
        }
    }

    private static Service Choose(IReadOnlyList<Service> services, int? number)
    {
        if (number is { } n && (n < 1 || n > services.Count)) throw new InvalidOperationException($"There are {services.Count}: 1 to {services.Count}.");
        var chosen = number is { } index ? services[index - 1] : services.FirstOrDefault(service => service.Running);
        return chosen is { Running: true } ? chosen : throw new InvalidOperationException("It does not run.");
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

    private static string Do(Action act, string done)
    {
        act();
        return done;
    }

    private async Task<string> DrainAsync(Service gateway, CancellationToken cancellationToken)
    {
        await system.Cluster.Gateways.OrderAsync(system.GatewayId(gateway.Name), GatewayOrder.Drain, cancellationToken);
        return $"{gateway.Name} told to drain";
    }

    private async Task<string> FlushAsync()
    {
        await system.FlushRedisAsync();
        return "Redis emptied";
    }
}
