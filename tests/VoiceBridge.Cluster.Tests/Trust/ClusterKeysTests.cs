using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster.Tests.Trust;

public sealed class ClusterKeysTests
{
    [Fact]
    public void Keys_DifferByPurposeAndAreStable()
    {
        var keys = TestKeys.Keys(1, 2);

        Assert.Equal(32, keys.Derive("a").Length);
        Assert.Equal(keys.Derive("a"), TestKeys.Keys(1).Derive("a"));
        Assert.NotEqual(keys.Derive("a"), keys.Derive("b"));
        Assert.Equal([keys.Derive("a"), TestKeys.Keys(2).Derive("a")], keys.DeriveAll("a"));
    }

    [Fact]
    public void Keys_AreRequiredOutsideDevelopment()
    {
        var error = Assert.Throws<OptionsValidationException>(() => new ClusterKeys(TestKeys.Options()));

        Assert.Contains("Cluster:Keys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_StandInInDevelopmentAndSaySo()
    {
        var keys = new ClusterKeys(TestKeys.Options(), new HostingEnvironment { EnvironmentName = Environments.Development });

        Assert.False(keys.Configured);
        Assert.Equal(32, keys.Derive("a").Length);
    }

    [Theory]
    [InlineData("Cluster:Keys:0", "not base64!", "Cluster:Keys:0: not base64")]
    [InlineData("Cluster:Keys:0", "c2hvcnQ=", "Cluster:Keys:0: 5 bytes")]
    [InlineData("Cluster:Keys:1", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=@tomorrow", "Cluster:Keys:1: what follows the @")]
    [InlineData("Cluster:Keys:1", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=@2026-12-01T06:00Z@", "Cluster:Keys:1: what follows the @")]
    [InlineData("Cluster:Name", "a b", "Cluster:Name")]
    [InlineData("Cluster:Name", "a}b", "Cluster:Name")]
    [InlineData("Transcripts:Retention", "00:00:00", "Transcripts:Retention")]
    public void Settings_ThatAreWrongAreNamedWithoutTheirValue(string setting, string value, string says)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Cluster:Keys:0"] = TestKeys.New(1),
            [setting] = value,
        }).Build();
        using var services = new ServiceCollection().AddCluster(configuration).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not base64!", error.Message, StringComparison.Ordinal);
    }
}
