using VoiceBridge.Testing;
using Xunit.Sdk;
using Xunit.v3;

// Calls keep real time: systems beside each other on the same cores would be measured with each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(RedisServers))]
