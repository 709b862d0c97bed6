namespace VoiceBridge.AppHost.Tests;

/// <summary>Which environment is published to.</summary>
public class TargetTests
{
    [Theory]
    [InlineData("aca", "aca", "compose")]
    [InlineData("compose", "compose", "aca")]
    public async Task Publishing_HasOnlyTheChosenEnvironment(string target, string present, string absent)
    {
        await using var published = await PublishedApp.CreateAsync(target);
        var names = published.Builder.Resources.OfType<IComputeEnvironmentResource>().Select(environment => environment.Name).ToArray();

        Assert.Contains(present, names);
        Assert.DoesNotContain(absent, names);
    }

    [Fact]
    public async Task Publishing_RefusesATargetThatItDoesNotKnow()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var published = await PublishedApp.CreateAsync("mainframe");
        });

        Assert.Contains("Deploy:Target is 'mainframe'", refusal.ToString(), StringComparison.Ordinal);
    }

}
