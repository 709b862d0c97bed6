using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.Phones.Twilio;
using VoiceBridge.ServiceDefaults.Access.Twilio;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Twilio;

public sealed class TwilioFormTests
{
    private const string Sample =
        "AccountSid=AC00000000000000000000000000000001&CallSid=CA00000000000000000000000000000002&From=%2B14255550100&To=%2B14255550199&CallStatus=ringing&FromCity=K%C3%B6ln&StirVerstat=&X=1&X=2";

    [Fact]
    public async Task Form_IsReadAsItIsWritten()
    {
        var form = (await TwilioForm.ReadAsync(System.Text.Encoding.UTF8.GetBytes(Sample)))!;

        Assert.True(form.NamesACall);
        Assert.Equal(("+14255550100", "+14255550199", "ringing", "K\u00f6ln", "", ""), (form.From, form.To, form.CallStatus, form.Text("FromCity"), form.Text("StirVerstat"), form.Text("Nothing")));
        // Two values are none.
        Assert.Equal("", form.Text("X"));
        Assert.Equal(2, form.All.Single(parameter => parameter.Key == "X").Value.Count);
    }

    [Theory]
    [InlineData("CA00000000000000000000000000000002", true)]
    [InlineData("CA0000000000000000000000000000000G", false)]
    [InlineData("CA000000000000000000000000000000021", false)]
    [InlineData("CA", false)]
    [InlineData("", false)]
    [InlineData("421f8f00-0b6c-4d6b-8d8b-6b1f0a6d4c11", false)]
    public void CallSid_IsToldFromOtherIds(string text, bool isOne) => Assert.Equal(isOne, TwilioForm.IsCallSid(text));

    [Fact, Trait("Category", Fuzz.Category)]
    public void Form_IsReadOrRefused_WhateverItIs()
    {
        var signature = new TwilioSignature(Options.Create(new TwilioOptions { AuthToken = "0123456789abcdef0123456789abcdef" }));
        Fuzz.Run(Fuzz.Damaged(Sample, "a=b&a=b&=&&=x&%", "CallSid=%ff%fe&From=%00"), body =>
        {
            if (TwilioForm.ReadAsync(body).GetAwaiter().GetResult() is not { } form) return;
            _ = (form.NamesACall, form.From, form.To, form.CallStatus);
            Assert.False(signature.IsValid("https://cc.example.com/twilio/voice", form.All, Convert.ToBase64String(new byte[20])));
        });
    }
}
