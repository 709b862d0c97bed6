using VoiceBridge.Testing;

[assembly: AssemblyFixture(typeof(RedisServers))]
