namespace VoiceBridge.System.Tests.Harness;

/// <summary>
/// Tests that run when nothing else does: they keep both processors busy, so that calls beside them would be measured with them, or they
/// count what all of the process does (timers, metrics, spans).
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
