using System.Text.Json;

namespace VoiceBridge.Deploy.Tests;

/// <summary>VoiceBridge.Deploy as a publisher sees it. Nothing is started, and nothing outside this process is asked.</summary>
internal sealed class PublishedApp : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("voicebridge-manifest-");

    private PublishedApp()
    {
    }

    /// <summary>The model.</summary>
    public IDistributedApplicationTestingBuilder Builder { get; private set; } = null!;

    private string ManifestPath => Path.Combine(_folder.FullName, "manifest.json");

    public static async Task<PublishedApp> CreateAsync(string target, string? acsClient = null, string? history = null, params string[] more)
    {
        var app = new PublishedApp();
        try
        {
            string[] acs = acsClient is null ? [] : ["--Deploy:AcsClient", acsClient];
            string[] kept = history is null ? [] : ["--Deploy:History", history];
            app.Builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.VoiceBridge_Deploy>(
                ["--operation", "publish", "--publisher", "manifest", "--output-path", app.ManifestPath, "--Deploy:Target", target, .. acs, .. kept, .. more],
                TestContext.Current.CancellationToken);
            return app;
        }
        catch
        {
            app._folder.Delete(recursive: true);
            throw;
        }
    }

    public T Resource<T>(string name) where T : IResource => Builder.Resources.OfType<T>().Single(resource => resource.Name == name);

    /// <summary>Publishes, and returns the manifest's resources.</summary>
    public async Task<JsonElement> PublishAsync()
    {
        await using (var app = await Builder.BuildAsync(TestContext.Current.CancellationToken))
            await app.RunAsync(TestContext.Current.CancellationToken);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(ManifestPath, TestContext.Current.CancellationToken));
        return manifest.RootElement.GetProperty("resources").Clone();
    }

    /// <summary>The Bicep template that publishing wrote for a container app.</summary>
    public string ContainerApp(string service) => Template($"{service}-containerapp");

    /// <summary>The Bicep template that publishing wrote for a resource.</summary>
    public string Template(string resource)
    {
        var files = _folder.GetFiles("*.bicep", SearchOption.AllDirectories);
        var file = files.SingleOrDefault(file => file.Name == $"{resource}.module.bicep");
        Assert.True(file is not null, $"No template of {resource} among: {string.Join(", ", files.Select(other => other.Name))}");
        return File.ReadAllText(file.FullName);
    }

    public async ValueTask DisposeAsync()
    {
        await Builder.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
