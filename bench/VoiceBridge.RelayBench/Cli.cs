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
    public static RootCommand Create() => new("Measures the media gateway against a raw and a naive WebSocket relay.")
    {
        CompareCommand.Create(), CapacityCommand.Create(), FootprintCommand.Create(), ChartCommand.Create(), FloodCommand.Create(), Relay(), Cloud(),
    };

    private static Command Relay()
    {
        var naive = new Option<bool>("--naive");
        var inline = new Option<bool>("--inline");
        var port = new Option<int>("--port") { Required = true };
        var upstream = new Option<Uri>("--upstream") { Required = true, CustomParser = result => new Uri(result.Tokens[0].Value) };
        var command = new Command("relay", "Runs a relay to compare with.") { naive, inline, port, upstream };
        command.SetAction(parsed => parsed.GetValue(naive)
            ? NaiveRelay.RunAsync(parsed.GetValue(port), parsed.GetRequiredValue(upstream))
            : RawRelay.RunAsync(parsed.GetValue(port), parsed.GetRequiredValue(upstream), parsed.GetValue(inline)));
        return command;
    }

    private static Command Cloud()
    {
        var port = new Option<int>("--port") { Required = true, Description = "the first of three" };
        var certificate = new Option<string>("--certificate") { Required = true, Description = "where to write it" };
        var command = new Command("cloud", "Runs what the gateway wants of the world beside its media.") { port, certificate };
        command.SetAction(parsed => CloudHost.RunAsync(parsed.GetValue(port), parsed.GetRequiredValue(certificate)));
        return command;
    }
}
