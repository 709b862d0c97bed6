namespace VoiceBridge.Testing.Databases;

/// <summary>The databases that the history can be kept in.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}
