using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class EndReasonTests
{
    public static TheoryData<string> Codes =>
        [.. typeof(EndReason).GetFields().Where(constant => constant.IsLiteral).Select(constant => (string)constant.GetRawConstantValue()!).Concat(EndReason.OfHangUps).Concat(EndReason.OfFailures).Distinct()];

    [Theory, MemberData(nameof(Codes))]
    public void Reason_HasItsWords(string code) => Assert.Contains(EndReasons.All, reason => reason.Code == code);

    /// <summary>A caller who goes to the overflow number instead of being cut off would have been a failure.</summary>
    [Fact]
    public void WhatSendsCallersToTheOverflowNumber_IsAFailure() => Assert.All(EndReason.OfFailures, code => Assert.True(EndReasons.IsFailure(code), code));
}
