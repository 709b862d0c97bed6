using VoiceBridge.Testing;
using VoiceBridge.Testing.Databases;

[assembly: AssemblyFixture(typeof(HistoryDatabases))]
[assembly: AssemblyFixture(typeof(RedisServers))]
