using VoiceBridge.Testing;
using Xunit.Sdk;
using Xunit.v3;

// Most tests wait for calls, which keep real time and leave the processor idle: three classes at once. Those that need it whole, or look at
// the whole process, are in the collection Alone.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 3)]
[assembly: AssemblyFixture(typeof(RedisServers))]
