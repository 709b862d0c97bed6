namespace VoiceBridge.Testing;

/// <summary>The servers that everything in Redis must work on.</summary>
public enum RedisKind
{
    /// <summary>Microsoft.Garnet in this process, as VoiceBridge.Local embeds it.</summary>
    Garnet,

    /// <summary>A <c>redis-server</c> of this machine, as a child process.</summary>
    Redis,

    /// <summary>The same as a cluster of one node: a script that touches keys of several slots fails.</summary>
    RedisCluster,
}
