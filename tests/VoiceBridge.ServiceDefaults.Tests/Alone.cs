namespace VoiceBridge.ServiceDefaults.Tests;

/// <summary>
/// Tests that run after the others, one by one: a service's tracer hears the requests of every host in this process, and a flood in a neighbour's test fills
/// its rate of sampling and its queue.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
