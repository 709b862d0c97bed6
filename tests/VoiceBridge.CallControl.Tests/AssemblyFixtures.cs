[assembly: AssemblyFixture(typeof(VoiceBridge.Testing.RedisServers))]
[assembly: AssemblyFixture(typeof(VoiceBridge.Testing.Databases.HistoryDatabases))]
