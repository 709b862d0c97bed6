using System.CommandLine;
using VoiceBridge.RelayBench.Cloud;
using VoiceBridge.RelayBench.Commands;
using VoiceBridge.RelayBench.Relays;

namespace VoiceBridge.RelayBench;

/// <summary>
/// The commands. <c>compare</c>, <c>capacity</c> and <c>footprint</c> measure, <c>chart</c> draws what they found; <c>flood</c>, <c>relay</c> and
/// <c>cloud</c> are processes that scripts need.
/// </summary>
internal static class Cli
{
    public static RootCommand Create() => new("Measures the media gateway beside relays that do less.")
    {
        CompareCommand.Create(), CapacityCommand.Create(), FootprintCommand.Create(), ChartCommand.Create(), FloodCommand.Create(), Relay(), Cloud(),
    };

    private static Command Relay()
    {
        var kind = new Argument<string>("kind") { Description = "raw, raw-inline, naive or floor" };
        var port = new Option<int>("--port") { Required = true };
        var upstream = new Option<Uri>("--upstream") { Required = true, CustomParser = result => new Uri(result.Tokens[0].Value) };
        var command = new Command("relay", "Runs a relay to compare with.") { kind, port, upstream };
        command.SetAction(parsed =>
        {
            var (listen, agents) = (parsed.GetValue(port), parsed.GetRequiredValue(upstream));
            switch (parsed.GetValue(kind))
            {
                case "naive": return NaiveRelay.RunAsync(listen, agents);
                case "floor":
                    FloorRelay.Run(listen, agents);
                    return Task.CompletedTask;
                case var raw: return RawRelay.RunAsync(listen, agents, raw == "raw-inline");
            }
        });
        return command;
    }

    private static Command Cloud()
    {
        var port = new Option<int>("--port") { Required = true, Description = "the first of two" };
        var certificate = new Option<string>("--certificate") { Required = true, Description = "where to write it, and its key beside it" };
        var command = new Command("cloud", "Runs what the services want of the world beside their media.") { port, certificate };
        command.SetAction(parsed => CloudHost.RunAsync(parsed.GetValue(port), parsed.GetRequiredValue(certificate)));
        return command;
    }
}
