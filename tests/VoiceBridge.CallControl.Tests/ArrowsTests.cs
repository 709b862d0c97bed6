using System.Reflection;
using NetArchTest.Rules;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests;

/// <summary>Who may know whom.</summary>
public sealed class ArrowsTests
{
    private const string Service = "VoiceBridge.CallControl.";

    private static readonly string[] Folders =
    [
        "Calls.Phone", "ClusterState", "Calls.Work", "Calls.Ending", "Calls.Recovery", "Calls.Ringing", "Calls.Lifecycle", "EndedCalls", "Http", "Phones", "Api", "Stats", "WarmUp",
    ];

    private static readonly FolderArrows Arrows = new(typeof(CallControlApp).Assembly, Folders);

    public static TheoryData<string> EachFolder => [.. Folders];

    [Theory, MemberData(nameof(EachFolder))]
    public void Folder_KnowsOnlyThoseBelowIt(string folder) => Arrows.AssertKnowsOnlyThoseBelow(folder);

    [Fact]
    public void EveryType_IsInAFolderThatIsListed() => Arrows.AssertAllAreListed();

    [Fact]
    public void TheLifeOfACall_KnowsNoProvider() => AssertNone(
        Types.InAssembly(typeof(CallControlApp).Assembly).That().ResideInNamespace(Service + "Calls").ShouldNot()
            .HaveDependencyOnAny("Azure.Communication", "Azure.Messaging", "Twilio", "VoiceBridge.ServiceDefaults.Access.Twilio", Service + "Phones"));

    [Fact]
    public void OnlyItsOwnFolder_KnowsATypeOfTwilios() => AssertNone(
        Types.InAssembly(typeof(CallControlApp).Assembly).That().DoNotResideInNamespace(Service + "Phones.Twilio").ShouldNot()
            .HaveDependencyOnAny("Twilio", "VoiceBridge.ServiceDefaults.Access.Twilio"));

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
