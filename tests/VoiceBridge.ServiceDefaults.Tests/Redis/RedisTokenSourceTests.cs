using System.Collections.Concurrent;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.ServiceDefaults.Redis;
using VoiceBridge.Testing;

namespace VoiceBridge.ServiceDefaults.Tests.Redis;

public sealed class RedisTokenSourceTests : IAsyncDisposable
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(30);

    private readonly WaitingTime _time = new();
    private readonly FakeEntraId _identity;
    private readonly TokenLog _log = new();
    private readonly LoggerFactory _logging;
    private readonly RedisTokenSource _source;
    private int _renewals;

    public RedisTokenSourceTests()
    {
        _identity = new FakeEntraId(_time);
        _logging = new LoggerFactory([_log]);
        _source = new RedisTokenSource(_identity, _time, _logging.CreateLogger<RedisTokenSource>());
        _source.Renewed += () => Interlocked.Increment(ref _renewals);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _logging.Dispose();
        Assert.All(_log.Lines, line => Assert.All(_identity.Issued, token => Assert.DoesNotContain(token, line, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_user_is_the_object_id_and_the_password_the_token()
    {
        Assert.Null(_source.Current);

        await _source.StartAsync();

        Assert.Equal(["https://redis.azure.com/.default"], _identity.Scopes);
        Assert.Equal(FakeEntraId.ObjectId, _source.Current!.User);
        Assert.Equal(_identity.Issued.Single(), _source.Current.Password);
    }

    [Fact]
    public async Task A_token_is_renewed_at_three_quarters_of_its_life_or_a_little_earlier()
    {
        await _source.StartAsync();
        var wait = await NextWaitAsync();

        Assert.InRange(wait, FakeEntraId.Life * 0.70, FakeEntraId.Life * 0.75);
        _time.Advance(wait);

        Assert.InRange(await NextWaitAsync(), FakeEntraId.Life * 0.70, FakeEntraId.Life * 0.75);
        Assert.Equal(_identity.Issued[1], _source.Current!.Password);
        Assert.Equal(2, _renewals);
    }

    [Fact]
    public async Task The_old_token_is_used_as_long_as_it_is_valid_while_the_renewal_is_retried_with_growing_pauses()
    {
        using var failed = new MetricCount("voicebridge.redis.tokens", "outcome", "failed");
        await _source.StartAsync();
        var first = _source.Current!;
        _identity.Answer = _ => throw new AuthenticationFailedException("Entra ID is away");
        _time.Advance(await NextWaitAsync());

        foreach (var seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            var wait = await NextWaitAsync();
            Assert.InRange(wait, TimeSpan.FromSeconds(seconds * 0.8), TimeSpan.FromSeconds(seconds * 1.2));
            Assert.Same(first, _source.Current);
            _time.Advance(wait);
        }

        await NextWaitAsync();
        Assert.True(failed.Count >= 9);
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("9 failure(s) in a row", StringComparison.Ordinal));
        _time.Advance(FakeEntraId.Life);
        Assert.Null(_source.Current);

        _identity.Answer = null;
        await Eventually.True(() =>
        {
            _time.Advance(Attempt);
            return _source.Current is not null;
        }, what: "a token");
        Assert.Equal(_identity.Issued[^1], _source.Current!.Password);
    }

    [Fact]
    public async Task The_start_does_not_wait_for_more_than_one_answer()
    {
        _identity.Answer = _ => throw new CredentialUnavailableException("no identity here");

        await _source.StartAsync();

        Assert.Null(_source.Current);
    }

    [Fact]
    public async Task A_request_that_hangs_is_given_up_and_repeated()
    {
        _identity.Answer = async cancellationToken =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return default;
        };
        var started = _source.StartAsync();
        Assert.Equal(Attempt, await _time.NextAsync());
        Assert.False(started.IsCompleted);

        _time.Advance(Attempt);
        await started;
        _identity.Answer = null;
        _time.Advance(await _time.NextAsync());

        await Eventually.True(() => _source.Current is not null, what: "a token");
    }

    [Fact]
    public async Task A_token_from_the_cache_is_no_renewal_and_is_asked_for_again()
    {
        await _source.StartAsync();
        var (first, cached) = (_source.Current!, new AccessToken(_source.Current!.Password, _source.Current.ExpiresOn));
        _identity.Answer = _ => ValueTask.FromResult(cached);
        _time.Advance(await NextWaitAsync());

        var wait = await NextWaitAsync();

        Assert.InRange(wait, TimeSpan.FromSeconds(30), FakeEntraId.Life / 30);
        Assert.Same(first, _source.Current);
        Assert.Equal(1, _renewals);
        _identity.Answer = null;
        _time.Advance(wait);
        await Eventually.True(() => _source.Current != first, what: "a newer token");
    }

    [Theory]
    [InlineData("opaque")]
    [InlineData("a.b.c")]
    [InlineData("e30.bnVsbA.c2ln")]
    [InlineData("e30.e30.c2ln")]
    [InlineData("e30.eyJvaWQiOjF9.c2ln")]
    public async Task A_token_without_an_object_id_is_a_failure_that_does_not_show_it(string token)
    {
        _identity.Answer = _ => ValueTask.FromResult(new AccessToken(token, _time.GetUtcNow() + FakeEntraId.Life));

        await _source.StartAsync();

        Assert.Null(_source.Current);
        var line = Assert.Single(_log.Lines);
        Assert.Contains("oid", line, StringComparison.Ordinal);
        Assert.DoesNotContain(token, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_has_expired_is_none()
    {
        _identity.Answer = _ => ValueTask.FromResult(new AccessToken(_identity.Issue().Token, _time.GetUtcNow()));

        await _source.StartAsync();

        Assert.Null(_source.Current);
        Assert.Equal(0, _renewals);
    }

    [Fact]
    public async Task The_end_of_the_service_cancels_a_request()
    {
        var asked = new TaskCompletionSource();
        _identity.Answer = async cancellationToken =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return default;
        };
        _ = _source.StartAsync();
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);

        await _source.DisposeAsync();

        Assert.Equal(1, _identity.Requests);
        Assert.Empty(_log.Lines);
    }

    /// <summary>How long the source waits after its next request, which has a deadline.</summary>
    private async Task<TimeSpan> NextWaitAsync()
    {
        Assert.Equal(Attempt, await _time.NextAsync());
        return await _time.NextAsync();
    }

    /// <summary>Tells what its timers are set to, in the order they are made.</summary>
    private sealed class WaitingTime : FakeTimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> _timers = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timers.Enqueue(dueTime);
            return timer;
        }

        public async Task<TimeSpan> NextAsync()
        {
            TimeSpan due = default;
            await Eventually.True(() => _timers.TryDequeue(out due), what: "a timer");
            return due;
        }
    }
}
