[assembly: AssemblyFixture(typeof(VoiceBridge.Testing.RedisServers))]
