namespace VoiceBridge.System.Tests.Agents;

/// <summary>The tests that share one <see cref="AgentSystem"/>.</summary>
[CollectionDefinition]
public sealed class AgentCalls : ICollectionFixture<AgentSystem>;
