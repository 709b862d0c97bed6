using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

// The same tests on a redis-server: what they find differs where scripts do.

public sealed class AnsweringOnRedisTests(RedisServers servers) : AnsweringTests(servers)
{
    private protected override RedisKind Kind => RedisKind.Redis;
}

public sealed class LifecycleOnRedisTests(RedisServers servers) : LifecycleTests(servers)
{
    private protected override RedisKind Kind => RedisKind.Redis;
}

public sealed class RecoveryOnRedisTests(RedisServers servers) : RecoveryTests(servers)
{
    private protected override RedisKind Kind => RedisKind.Redis;
}

public sealed class LateAnswerOnRedisTests(RedisServers servers) : LateAnswerTests(servers)
{
    private protected override RedisKind Kind => RedisKind.Redis;
}
