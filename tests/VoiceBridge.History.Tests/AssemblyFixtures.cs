using VoiceBridge.Testing.Databases;

[assembly: AssemblyFixture(typeof(HistoryDatabases))]
