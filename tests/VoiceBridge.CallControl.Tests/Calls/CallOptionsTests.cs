namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class CallOptionsTests
{
    [Fact]
    public void Validation_NamesEverySettingThatIsWrong()
    {
        var options = new CallOptions
        {
            CallControl = new() { PublicUrl = new Uri("http://example.com"), Replicas = 0 },
            Media = new() { PublicUrl = new Uri("https://example.com") },
            Admission = new() { RingSeconds = 40, Headroom = 1 },
            Overflow = new() { Number = "call me" },
            Recovery = new() { Seconds = 1 },
            VoiceLive = new() { RecoveryReserve = -1 },
            Calls = new() { MaxMinutes = 0 },
        };

        var failures = new CallOptionsValidation().Validate(null, options).Failures!.ToList();

        foreach (var setting in (string[])
            [
                "CallControl:PublicUrl", "CallControl:Replicas", "Media:PublicUrl", "Admission:RingSeconds", "Admission:Headroom",
                "Overflow:Number", "Recovery:Seconds", "VoiceLive:RecoveryReserve", "Calls:MaxMinutes",
            ])
            Assert.Contains(failures, f => f.StartsWith(setting, StringComparison.Ordinal));
    }

    [Fact]
    public void Defaults_AreValid() => Assert.True(new CallOptionsValidation().Validate(null, new CallOptions()).Succeeded);

    [Theory]
    [InlineData("+14255550100", true)]
    [InlineData("8:acs:a-b_c-d", true)]
    [InlineData("8:orgid:0a0a0a0a-0000-4000-8000-000000000001", true)]
    [InlineData("28:orgid:0a0a0a0a-0000-4000-8000-000000000001", true)]
    [InlineData("14255550100", false)]
    [InlineData("+1425555010x", false)]
    [InlineData("+14255550100\n", false)]
    [InlineData("sip:me@example.com", false)]
    public void TransferTarget_IsANumberOrAUser(string target, bool allowed) => Assert.Equal(allowed, PhoneNumber.IsTransferTarget(target));

    [Theory]
    [InlineData("target 4:+14255550111 of 14255550112.", "target 4:(number) of (number).")]
    [InlineData("/calls/4%3A%2B14255550111/x", "/calls/4%3A(number)/x")]
    [InlineData("%2b14255550111", "(number)")]
    [InlineData("tel+14255550111x", "tel(number)x")]
    [InlineData("code 8522, id 3f2504e04f8911d39a0c0305e82c3301", "code 8522, id 3f2504e04f8911d39a0c0305e82c3301")]
    public void Numbers_AreTakenOut_HoweverTheyAreWritten(string text, string masked) => Assert.Equal(masked, PhoneNumber.Masked(text));
}
