using VoiceBridge.CallControl.Tests.Calls;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests;

public sealed class RemovedSettingsTests(RedisServers servers) : ClusterTest(servers)
{
    [Theory]
    [InlineData("Sdk", true)]
    [InlineData(null, false)]
    public async Task AcsClient_IsWarnedOfWhereItIsStillSet(string? value, bool warned)
    {
        Settings["Acs:Client"] = value;
        var host = await StartAsync();

        Assert.Equal(warned, host.Logs.Lines.Any(line =>
            line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("Deploy:AcsClient", StringComparison.Ordinal)));
    }
}
