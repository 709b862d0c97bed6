using System.Net;
using VoiceBridge.CallControl.EndedCalls.Webhooks;

namespace VoiceBridge.CallControl.Tests.EndedCalls.Webhooks;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("20.50.2.1"), InlineData("8.8.8.8"), InlineData("172.15.255.255"), InlineData("172.32.0.1"), InlineData("100.63.0.1"), InlineData("192.169.0.1"), InlineData("223.255.255.254")]
    [InlineData("2603:1030::1"), InlineData("2a00:1450:4001::1"), InlineData("::ffff:8.8.8.8")]
    public void PublicOnes_AreAllowed(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1"), InlineData("127.9.9.9"), InlineData("10.1.2.3"), InlineData("172.16.0.1"), InlineData("172.31.255.255"), InlineData("192.168.1.1"), InlineData("169.254.169.254")]
    [InlineData("0.0.0.0"), InlineData("100.64.0.1"), InlineData("198.19.0.1"), InlineData("224.0.0.1"), InlineData("255.255.255.255"), InlineData("168.63.129.16"), InlineData("192.0.2.1")]
    [InlineData("::"), InlineData("::1"), InlineData("::ffff:127.0.0.1"), InlineData("::ffff:169.254.169.254"), InlineData("::7f00:1"), InlineData("fe80::1"), InlineData("fc00::1"), InlineData("fd12::1")]
    [InlineData("ff02::1"), InlineData("64:ff9b::7f00:1"), InlineData("64:ff9b:1::1"), InlineData("2002:7f00:1::"), InlineData("2001:0:1::1"), InlineData("2001:db8::1"), InlineData("fec0::1")]
    public void OurOwnAndSpecialOnes_AreNot(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));
}
