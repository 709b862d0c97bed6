using VoiceBridge.Local;
using VoiceBridge.Local.Hosting;
using VoiceBridge.Local.Settings;
using VoiceBridge.Samples.HttpTool;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Docs;

/// <summary>A local system with the settings of docs/agents.md, word for word, but for the port of the HTTP sample and the folder of the MCP sample.</summary>
public sealed class DocumentedSystem(RedisServers servers) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("voicebridge-docs-");
    private HostedService _hours = null!;

    internal LocalSystem System { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _hours = await HostedService.StartAsync("opening-hours", 0, HttpToolApp.Create, null, null, TestContext.Current.CancellationToken);
        var example = DocumentBlock.Of("docs/agents.md").First(block => block.Language == "json");
        System = await StartAsync(servers, Write(_folder, Here(example.Text)), options => options with { Gateways = 2 });
    }

    public async ValueTask DisposeAsync()
    {
        await System.DisposeAsync();
        await _hours.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A system with the <c>voicebridge.json</c> of this folder.</summary>
    internal static Task<LocalSystem> StartAsync(RedisServers servers, string folder, Func<LocalOptions, LocalOptions>? change = null) =>
        Systems.StartAsync(servers, RedisKind.Garnet, options =>
        {
            options = options with { Given = GivenSettings.Read(folder, [], line => TestContext.Current.TestOutputHelper?.WriteLine(line)) };
            return change?.Invoke(options) ?? options;
        });

    /// <summary>Saves the settings in a folder; its path.</summary>
    internal static string Write(DirectoryInfo folder, string settings)
    {
        File.WriteAllText(Path.Combine(folder.FullName, GivenSettings.FileName), settings);
        return folder.FullName;
    }

    /// <summary>What a page says of this machine, as it is here: the sample's address, and where builds put the MCP sample.</summary>
    private string Here(string text) => text
        .Replace("http://127.0.0.1:5400", _hours.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
        .Replace("artifacts/bin/VoiceBridge.Samples.McpServer/release/", AppContext.BaseDirectory.Replace('\\', '/'), StringComparison.Ordinal);
}
