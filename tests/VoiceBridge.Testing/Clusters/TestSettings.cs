namespace VoiceBridge.Testing.Clusters;

/// <summary>Settings that a hosted dashboard needs.</summary>
public static class TestSettings
{
    public static string ClusterKey { get; } = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    public static Dictionary<string, string?> Of(string redis) => new()
    {
        ["ConnectionStrings:redis"] = redis,
        ["Cluster:Keys:0"] = ClusterKey,
        ["CallControl:Url"] = "http://callcontrol.test",
        ["Media:PublicUrl"] = "wss://media.test",
    };
}
