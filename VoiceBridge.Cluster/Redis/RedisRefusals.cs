using StackExchange.Redis;

namespace VoiceBridge.Cluster.Redis;

/// <summary>What a Redis answers that is there but takes nothing at the moment.</summary>
public static class RedisRefusals
{
    private static readonly string[] Codes = ["LOADING", "READONLY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "OOM", "MISCONF", "BUSY", "NOREPLICAS"];

    /// <summary>Whether the server refused a command without carrying out any of it, for a reason that passes: trying again may help and repeats nothing.</summary>
    public static bool Passes(Exception exception) =>
        exception is RedisServerException refusal && Codes.Any(code => refusal.Message.StartsWith(code, StringComparison.Ordinal));
}
