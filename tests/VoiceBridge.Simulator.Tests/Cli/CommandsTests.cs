using System.Text.Json;
using VoiceBridge.Simulator.Cli;
using VoiceBridge.Simulator.Load;
using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests.Cli;

public sealed class CommandsTests
{
    [Fact]
    public async Task Load_OfARunningSimulator_EndsWithAReport()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");

        var code = await Commands.RunAsync(
            ["load", "--simulator", bridge.Azure.Address.ToString(), "--calls", "3", "--rate", "20", "--duration", "1", "--script", "silent", "--json", file]);

        var report = JsonSerializer.Deserialize<LoadReport>(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), JsonSerializerOptions.Web);
        File.Delete(file);
        Assert.Equal((0, 3, 3, 0), (code, report!.Offered, report.Answered, report.Lost));
    }

    [Theory]
    [InlineData("load")]
    [InlineData("load", "--target", "nowhere")]
    [InlineData("load", "--target", "ftp://127.0.0.1/")]
    [InlineData("load", "--target", "http://127.0.0.1:1/", "--simulator", "http://127.0.0.1:1/")]
    [InlineData("load", "--simulator", "http://127.0.0.1:1/", "--calls", "many")]
    [InlineData("load", "--simulator", "http://127.0.0.1:1/", "--rate", "0")]
    [InlineData("serve", "--webhook", "nowhere")]
    public async Task Orders_ThatMakeNoSense_AreRefused(params string[] arguments) => Assert.Equal(1, await Commands.RunAsync(arguments));

    [Fact]
    public void Load_TakesItsOwnDefaults() => Assert.Empty(Commands.Root().Parse(["load", "--simulator", "http://127.0.0.1:5300"]).Errors);
}
