using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.ServiceDefaults.Tests.Access;

public class ProductionGuardTests
{
    [Fact]
    public async Task Production_RefusesToStart_AndNamesTheSetting()
    {
        var refusal = await Assert.ThrowsAsync<SettingsException>(() => ServiceHost.StartAsync("Production", []));
        Assert.Contains("Ops:ApiKeys", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Production_RefusesAShortKey()
    {
        var refusal = await Assert.ThrowsAsync<SettingsException>(
            () => ServiceHost.StartAsync("Production", new() { ["Ops:ApiKeys:0"] = "short" }));
        Assert.Contains("shorter than 16", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Production_RefusesAKeyThatReadsAndCommands()
    {
        var refusal = await Assert.ThrowsAsync<SettingsException>(() => ServiceHost.StartAsync(
            "Production", new() { ["Ops:ApiKeys:0"] = "0123456789abcdef-one", ["Ops:CommandKeys:0"] = "0123456789abcdef-one" }));
        Assert.Contains("- Ops:CommandKeys", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Development_Starts()
    {
        await using var host = await ServiceHost.StartAsync("Development", []);
        Assert.NotNull(host.Client.BaseAddress);
    }
}
