using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VoiceBridge.Cluster;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Tools;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>The agents as a host has them.</summary>
public sealed class AgentServicesTests
{
    [Fact]
    public async Task Start_WithFiveMistakes_FailsAndNamesAllFive()
    {
        using var host = Host(new()
        {
            ["Agents:sales:Temperature"] = "hot",
            ["Agents:sales:MaxResponseTokens"] = "many",
            ["Agents:sales:Voice:Type"] = "azure-personal",
            ["Agents:sales:NoiseReduction"] = "some",
            ["Agents:sales:Silence:AskAfter"] = "soon",
            ["Agents:sales:Instructions"] = "Sell.",
        });

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(5, failure.Failures.Count());
        Assert.All(
            ["Temperature", "MaxResponseTokens", "Voice:Model", "NoiseReduction", "Silence:AskAfter"],
            setting => Assert.Contains("Agents:sales:" + setting, failure.Message));
    }

    [Fact]
    public async Task Call_GetsToolsFromTheProgram_WithServicesOfItsOwn()
    {
        using var host = Host(new() { ["Agents:default:Tools:0"] = "who_calls" }, services =>
        {
            services.AddAgentTool(
                (IServiceProvider call) => call.GetRequiredService<CallContext>().CallerId, "who_calls", "Tells who calls.");
            services.AddAgentTool<Clock>(nameof(Clock.Now), "now", "Tells the time.");
        });
        var controls = new FakeCallControls();

        await using var agent = await CreateAsync(host.Services, controls);

        var tools = FakeCallControls.Parse(agent.SessionUpdate(AgentBench.Target, false)).GetProperty("session").GetProperty("tools");
        Assert.Equal(["end_call", "who_calls"], tools.EnumerateArray().Select(tool => tool.GetProperty("name").GetString()));
        controls.Do(() => agent.OnServerEvent(new OutputItemDone("r", new ItemInfo("i", "function_call", Name: "who_calls", CallId: "c", Arguments: "{}"))));
        await Eventually.True(() => controls.Sent.Count == 1);
        Assert.Equal("+14255550100", controls.Sent[0].GetProperty("item").GetProperty("output").GetString());
    }

    [Fact]
    public void Tool_WithANameThatIsOurs_IsRefused() => Assert.Throws<ArgumentException>(
        () => new ServiceCollection().AddAgentTool(() => "", "end_call", "Mine."));

    [Fact]
    public async Task RedisAway_KeepsNoCallFromItsAgent()
    {
        using var host = Host([]);
        var controls = new FakeCallControls { Facts = new FakeCallControls().Facts with { Generation = 2, Resumed = true } };

        await using var agent = await CreateAsync(host.Services, controls);

        Assert.Equal(JsonValueKind.Object, FakeCallControls.Parse(Assert.Single(agent.Opening(true))).ValueKind);
    }

    [Fact]
    public void Settings_ShippedWithTheGateway_HaveNoMistakes()
    {
        using var host = Host([]);

        Assert.NotEmpty(host.Services.GetRequiredService<AgentSettingsMonitor>().Current.Profiles);
    }

    private static Task<ICallAgent> CreateAsync(IServiceProvider services, FakeCallControls controls)
    {
        var factory = services.GetRequiredService<ICallAgentFactory>();
        return factory.CreateAsync(factory.Choose(controls.Facts), controls, TestContext.Current.CancellationToken);
    }

    private static IHost Host(Dictionary<string, string?> settings, Action<IServiceCollection>? configure = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection([new("Cluster:Keys:0", Convert.ToBase64String(new byte[32]))]);
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ =>
            ConnectionMultiplexer.Connect($"127.0.0.1:{FreePort.Find()},abortConnect=false,connectTimeout=200"));
        builder.Services.AddCluster(builder.Configuration);
        builder.Services.AddOptions<VoiceLiveOptions>();
        builder.Services.AddAgents();
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    public sealed class Clock(TimeProvider time)
    {
        public DateTimeOffset Now() => time.GetUtcNow();
    }
}
