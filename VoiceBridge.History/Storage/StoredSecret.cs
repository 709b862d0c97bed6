namespace VoiceBridge.History.Storage;

/// <summary>A secret of the database's own, encrypted with one of the cluster's keys.</summary>
internal sealed class StoredSecret
{
    public int Id { get; set; }

    public string Name { get; set; } = "";

    public byte[] Box { get; set; } = [];
}
