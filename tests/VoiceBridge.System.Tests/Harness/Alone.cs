namespace VoiceBridge.System.Tests.Harness;

/// <summary>
/// Tests that run when nothing else does: they keep both processors busy, so that calls beside them would be measured with them, or they
/// count what all of the process does (timers, metrics, spans).
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>The trait of those that only count: a neighbour in a process of its own does not disturb them (<c>test.sh</c>).</summary>
    internal const string Counts = nameof(Counts);
}
