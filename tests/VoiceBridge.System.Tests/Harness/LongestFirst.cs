using Xunit.Sdk;
using Xunit.v3;

namespace VoiceBridge.System.Tests.Harness;

/// <summary>Begins with the collections that take more than a minute, the longest first: the others fill up what is left beside them. In random order one of them would
/// often be the last, alone for its whole length.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(Failures.GatewayKilledTests), nameof(Twilio.TwilioFailureTests), nameof(Trust.KeyRotationTests), nameof(Agents.AgentCalls), nameof(Twilio.TwilioTests),
        nameof(Calls.OneCallTests), nameof(Recovery.LostMediaTests), nameof(Failures.RedisLostTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Rank).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int Rank<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var rank = Array.FindIndex(Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
        return rank < 0 ? Longest.Length : rank;
    }
}
