using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.ServiceDefaults.Tests.Privacy;

public class CallerIdPrivacyTests
{
    [Theory]
    [InlineData(CallerIdVisibility.Full, "+14255550100", "+14255550100")]
    [InlineData(CallerIdVisibility.Last4, "+14255550100", "********0100")]
    [InlineData(CallerIdVisibility.Last4, "123", "***")]
    [InlineData(CallerIdVisibility.Last4, "", "unknown")]
    [InlineData(CallerIdVisibility.Hash, null, "unknown")]
    [InlineData(CallerIdVisibility.Last4, "Anonymous", "withheld")]
    [InlineData(CallerIdVisibility.Hash, "anonymous", "withheld")]
    public void Number_IsShownAsConfigured(CallerIdVisibility visibility, string? number, string expected) =>
        Assert.Equal(expected, Privacy(visibility).Format(number));

    [Fact]
    public void Hash_IsEqualForEqualNumbers_DiffersBetweenKeys_AndHoldsNoDigitsOfTheNumber()
    {
        var hash = Privacy(CallerIdVisibility.Hash).Format("+14255550100");

        Assert.Equal(hash, Privacy(CallerIdVisibility.Hash).Format("+14255550100"));
        Assert.NotEqual(hash, Privacy(CallerIdVisibility.Hash).Format("+14255550101"));
        Assert.NotEqual(hash, Privacy(CallerIdVisibility.Hash, key: "other").Format("+14255550100"));
        Assert.DoesNotContain("4255550100", hash, StringComparison.Ordinal);
    }

    private static CallerIdPrivacy Privacy(CallerIdVisibility visibility, string key = "key") =>
        new(Options.Create(new PrivacyOptions { CallerId = visibility, HashKey = key }));
}
