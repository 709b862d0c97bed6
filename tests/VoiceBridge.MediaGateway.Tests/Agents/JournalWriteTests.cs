using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using VoiceBridge.MediaGateway.Journal;

namespace VoiceBridge.MediaGateway.Tests.Agents;

public sealed class JournalWriteTests
{
    [Theory]
    [InlineData("READONLY You can't write against a read only replica.")]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")]
    public async Task Write_ThatRedisHasRefused_IsNotDone_AndCountersAreWrittenAgain(string refusal) =>
        Assert.False(await JournalWrite.TryAsync(() => throw new RedisServerException(refusal), repeatable: false, NullLogger.Instance));

    [Fact]
    public async Task Write_ThatIsAMistake_IsNotRepeated() =>
        Assert.True(await JournalWrite.TryAsync(() => throw new RedisServerException("WRONGTYPE Operation against a key"), repeatable: false, NullLogger.Instance));

    [Fact]
    public async Task Counters_ThatMayHaveBeenWritten_AreNotWrittenTwice() =>
        Assert.True(await JournalWrite.TryAsync(() => throw new RedisTimeoutException("no answer", CommandStatus.Sent), repeatable: false, NullLogger.Instance));
}
