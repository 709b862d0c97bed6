using System.Reflection;
using NetArchTest.Rules;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.ServiceDefaults.Hosting;

namespace VoiceBridge.CallControl.Tests;

/// <summary>Who may know whom.</summary>
public sealed class ArrowsTests
{
    private const string Service = "VoiceBridge.CallControl.";

    /// <summary>The folders of the service, the lowest first: each may use those before it.</summary>
    private static readonly string[] Folders =
    [
        "Calls.Phone", "ClusterState", "Calls.Work", "Calls.Ending", "Calls.Recovery", "Calls.Ringing", "Calls.Lifecycle", "EndedCalls", "Http", "Phones", "Api", "Stats", "WarmUp",
    ];

    public static TheoryData<string> EachFolder => [.. Folders];

    [Theory, MemberData(nameof(EachFolder))]
    public void Folder_KnowsOnlyThoseBelowIt(string folder)
    {
        var above = Folders.SkipWhile(name => name != folder).Skip(1).Select(name => Service + name).ToArray();
        if (above.Length == 0) return;

        AssertNone(Types.InAssembly(typeof(CallControlApp).Assembly).That().ResideInNamespace(Service + folder).ShouldNot().HaveDependencyOnAny(above));
    }

    [Fact]
    public void EveryType_IsInAFolderThatIsListed()
    {
        var others = typeof(CallControlApp).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith(Service, StringComparison.Ordinal) == true)
            .Where(type => !Folders.Any(folder => type.Namespace == Service + folder || type.Namespace!.StartsWith($"{Service}{folder}.", StringComparison.Ordinal)));

        Assert.Empty(others);
    }

    [Fact]
    public void TheLifeOfACall_KnowsNoProvider() => AssertNone(
        Types.InAssembly(typeof(CallControlApp).Assembly).That().ResideInNamespace(Service + "Calls").ShouldNot()
            .HaveDependencyOnAny("Azure.Communication", "Azure.Messaging", Service + "Phones"));

    [Fact]
    public void Cluster_KnowsRedisAndNothingOfHttpOrOfServices() => AssertNone(
        Types.InAssembly(typeof(CallStore).Assembly).ShouldNot().HaveDependencyOnAny(
            "Microsoft.AspNetCore", "System.Net.Http", "VoiceBridge.ServiceDefaults", "VoiceBridge.CallControl", "VoiceBridge.MediaGateway", "VoiceBridge.Dashboard"));

    [Fact]
    public void ServiceDefaults_KnowsNoServiceAndNoCluster() => AssertNone(
        Types.InAssembly(typeof(ServiceDefaultsExtensions).Assembly).ShouldNot().HaveDependencyOnAny(
            "VoiceBridge.Cluster", "VoiceBridge.CallControl", "VoiceBridge.MediaGateway", "VoiceBridge.Dashboard"));

    [Fact]
    public void Simulator_KnowsNoneOfWhatItTests() => AssertNone(
        Types.InAssembly(Assembly.Load("VoiceBridge.Simulator")).ShouldNot().HaveDependencyOnAny(
            "VoiceBridge.Cluster", "VoiceBridge.CallControl", "VoiceBridge.MediaGateway", "VoiceBridge.Dashboard"));

    private static void AssertNone(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, $"These know what they must not: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
