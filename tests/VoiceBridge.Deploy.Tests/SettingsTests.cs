using Aspire.Hosting;

namespace VoiceBridge.Deploy.Tests;

/// <summary>What is published where: the settings of section <c>Deploy</c>.</summary>
public class SettingsTests
{
    [Theory]
    [InlineData("aca", "aca", "compose")]
    [InlineData("compose", "compose", "aca")]
    public async Task Target_DecidesWhichEnvironmentThereIs(string target, string present, string absent)
    {
        await using var published = await PublishedApp.CreateAsync(target);
        var names = published.Builder.Resources.OfType<IComputeEnvironmentResource>().Select(environment => environment.Name).ToArray();

        Assert.Contains(present, names);
        Assert.DoesNotContain(absent, names);
    }

    [Theory]
    [InlineData(null, "VoiceBridge.CallControl.csproj")]
    [InlineData("Rest", "VoiceBridge.CallControl.csproj")]
    [InlineData("Sdk", "VoiceBridge.CallControl.AcsSdk.csproj")]
    public async Task AcsClient_DecidesWhichHostIsCallControl(string? acsClient, string project)
    {
        await using var published = await PublishedApp.CreateAsync("aca", acsClient);
        var metadata = published.Resource<ProjectResource>("callcontrol").Annotations.OfType<IProjectMetadata>().Last();

        Assert.Equal(project, Path.GetFileName(metadata.ProjectPath));
    }

    [Theory]
    [InlineData("mainframe", null, "Deploy:Target is 'mainframe'")]
    [InlineData("aca", "sdk2", "Deploy:AcsClient is 'sdk2'")]
    public async Task UnknownValue_IsRefusedByTheNameOfItsSetting(string target, string? acsClient, string refusal)
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var published = await PublishedApp.CreateAsync(target, acsClient);
        });

        Assert.Contains(refusal, exception.ToString(), StringComparison.Ordinal);
    }
}
