using System.CommandLine;
using VoiceBridge.RelayBench.Load;

namespace VoiceBridge.RelayBench.Commands;

/// <summary>Floods a gateway on this machine over one connection, for <c>eng/abuse.sh</c>.</summary>
internal static class FloodCommand
{
    public static Command Create()
    {
        var address = new Option<Uri>("--address") { Required = true, CustomParser = result => new Uri(result.Tokens[0].Value), Description = "of the gateway, on loopback" };
        var kind = new Option<string>("--kind") { Required = true, Description = Flood.Kinds };
        var origin = new Option<string>("--origin") { DefaultValueFactory = _ => "http://localhost", Description = "one of the gateway's Web:AllowedOrigins" };
        var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 8 };
        var command = new Command("flood", "Floods a gateway on this machine over one connection.") { address, kind, origin, seconds };
        command.Validators.Add(result =>
        {
            if (result.GetValue(address) is { IsLoopback: false }) result.AddError("--address must be on loopback.");
        });
        command.SetAction(async parsed =>
        {
            var flood = new Flood(parsed.GetRequiredValue(address), parsed.GetRequiredValue(kind), Environment.GetEnvironmentVariable("Cluster__Keys__0"), parsed.GetRequiredValue(origin));
            await flood.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            Console.WriteLine($"{flood.BytesSent} bytes, cut off {flood.CutOffs} times, refused {flood.Refusals} times");
        });
        return command;
    }
}
