using VoiceBridge.Cluster.Events;
using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Tests.Snapshots;

public sealed class PastEventsTests
{
    private static readonly DateTimeOffset Now = new(2025, 12, 5, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Kinds => [.. ClusterLogKind.All];

    [Fact]
    public void EveryKind_IsListed() =>
        Assert.Equal(typeof(ClusterLogKind).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(), ClusterLogKind.All.Order());

    /// <summary>One without would read as its name does.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public void Kind_HasItsWords(string kind)
    {
        var text = PastEvents.Of(new ClusterLogEntry(Now, kind, "busy", "", "3")).Text;

        Assert.DoesNotContain(kind.Replace('_', ' '), text, StringComparison.Ordinal);
        Assert.True(char.IsUpper(text[0]) || text.StartsWith("busy", StringComparison.Ordinal) || char.IsDigit(text[0]), text);
        Assert.EndsWith(".", text, StringComparison.Ordinal);
        Assert.DoesNotContain('_', text);
    }

    [Theory]
    [InlineData(ClusterLogKind.GatewayDied, "gateway-1-0123456789ab", "", "", 2, "gateway-1 died with 2 calls.")]
    [InlineData(ClusterLogKind.DrainOrdered, "gateway-1-0123456789ab", "Ann", "", 1, "Ann ordered gateway-1 to drain.")]
    [InlineData(ClusterLogKind.SessionsLost, "eu", "", "", 12, "12 Voice Live sessions were lost on eu.")]
    [InlineData(ClusterLogKind.CallsLost, "media_lost", "", "", 1, "1 call failed: media lost.")]
    [InlineData(ClusterLogKind.CallersRefused, "busy", "", "", 6, "6 callers were turned away as busy.")]
    [InlineData(ClusterLogKind.RedisBack, "", "", "12", 1, "Redis did not answer for 12 s.")]
    public void Event_IsASentence(string kind, string subject, string who, string detail, long count, string text) =>
        Assert.Equal(text, PastEvents.Of(new ClusterLogEntry(Now, kind, subject, who, detail, count)).Text);

    [Fact]
    public void KindOfALaterVersion_IsShownAsItReads() => Assert.Equal("moon rose over eu", PastEvents.Of(new ClusterLogEntry(Now, "moon_rose", "over eu")).Text);
}
