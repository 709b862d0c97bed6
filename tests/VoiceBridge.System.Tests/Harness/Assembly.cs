using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;
using Xunit.Sdk;
using Xunit.v3;

// Most tests wait for calls, which keep real time and leave the processor idle: some classes at once (xunit.runner.json). Those that need it whole, or look at
// the whole process, are in the collection Alone.
[assembly: Parallelization(Mode = ParallelMode.Collections)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
[assembly: AssemblyFixture(typeof(RedisServers))]
