using CsCheck;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster.Tests.Trust;

public sealed class ClusterTokensTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Token_IsGoodForItsAudienceOnly()
    {
        var tokens = Tokens(1);
        var token = tokens.Issue("callcontrol");

        Assert.True(tokens.TryVerify(token, "callcontrol", out var none), none);
        Assert.False(tokens.TryVerify(token, "gateway", out var refusal));
        Assert.Equal("wrong audience", refusal);
    }

    [Fact]
    public void Token_EndsAfterFiveMinutes()
    {
        var tokens = Tokens(1);
        var token = tokens.Issue("callcontrol");

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(tokens.TryVerify(token, "callcontrol", out _));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.False(tokens.TryVerify(token, "callcontrol", out var refusal));
        Assert.Equal("expired", refusal);
    }

    [Fact]
    public void Token_OfAnOldKeyIsGoodUntilThatKeyIsGone()
    {
        var token = Tokens(1).Issue("callcontrol");

        Assert.True(Tokens(2, 1).TryVerify(token, "callcontrol", out var none), none);
        Assert.False(Tokens(2).TryVerify(token, "callcontrol", out var refusal));
        Assert.Equal("wrong signature", refusal);
    }

    [Fact]
    public void Token_OfAnotherClusterIsRefused()
    {
        var options = Options.Create(new ClusterOptions { Name = "other", Keys = [TestKeys.New(1)] });
        var token = new ClusterTokens(new ClusterKeys(options), options, _time).Issue("callcontrol");

        Assert.False(Tokens(1).TryVerify(token, "callcontrol", out var refusal));
        Assert.Equal("wrong issuer", refusal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJhdWQiOiJjYWxsY29udHJvbCJ9.")]
    public void Token_ThatIsNoneIsRefused(string? token) => Assert.False(Tokens(1).TryVerify(token, "callcontrol", out _));

    [Fact]
    public void Verifier_NeverThrowsWhateverItIsGiven()
    {
        var tokens = Tokens(1);
        var token = tokens.Issue("callcontrol");
        var anything = Gen.OneOf(
            Gen.String,
            Gen.String.Array[0, 6].Select(parts => string.Join('.', parts)),
            Gen.Select(Gen.Int[0, token.Length], Gen.Int[0, 30], Gen.String, (at, cut, put) =>
                string.Concat(token.AsSpan(0, at), put, token.AsSpan(Math.Min(token.Length, at + cut)))));

        anything.Sample(text => { tokens.TryVerify(text, "callcontrol", out _); }, iter: 3_000);
    }

    private ClusterTokens Tokens(params byte[] seeds)
    {
        var options = TestKeys.Options([.. seeds.Select(TestKeys.New)]);
        return new ClusterTokens(new ClusterKeys(options), options, _time);
    }
}
