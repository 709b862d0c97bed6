using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.CallControl.Tests.Acs;

/// <summary>Vectors made by running Microsoft's own client (npm @azure/communication-call-automation).</summary>
public sealed class HmacPolicyTests
{
    private const string AccessKey = "bG9jYWwtZW11bGF0b3ItYWNjZXNzLWtleS0zMmJ5dGU=";
    private const string Date = "Sun, 04 Oct 2026 12:34:56 GMT";

    [Theory]
    [InlineData("POST", "http://localhost:7101/calling/callConnections:answer?api-version=2026-03-12",
        """{"incomingCallContext":"ctx","callbackUri":"https://example.test/cb"}""",
        "0mTLCjuUN486Zdg/AnybS11QMWW+aetVdBKu1Wqh81c=", "b8HAFdmiNkxHY5wH92RkedR3CbpQ/CHTBy8hbUxcrUM=")]
    [InlineData("DELETE", "https://contoso.communication.azure.com/calling/callConnections/abc?api-version=2026-03-12", "",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "2rKFVFsxwT0fGCPccDdHAn+C9YwnYI2ij+Bt2xEmnkE=")]
    public void Signature_IsThatOfMicrosoftsClient(string verb, string uri, string body, string contentHash, string signature)
    {
        Assert.Equal(contentHash, Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(body))));
        Assert.Equal(signature, HmacPolicy.Signature(Convert.FromBase64String(AccessKey), verb, new Uri(uri), Date, contentHash));
    }

    [Theory]
    [InlineData("endpoint=https://contoso.communication.azure.com/;accesskey=AAEC/w==")]
    [InlineData("AccessKey=AAEC/w==; EndPoint=https://contoso.communication.azure.com")]
    public void ConnectionString_IsReadInAnyOrderAndCasing(string text)
    {
        Assert.True(AcsConnectionString.TryParse(text, out var parsed, out _));
        Assert.Equal("contoso.communication.azure.com", parsed.Endpoint.Host);
        Assert.Equal([0, 1, 2, 255], parsed.AccessKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("endpoint=https://a.example/path;accesskey=AAEC")]
    [InlineData("endpoint=https://a.example")]
    [InlineData("endpoint=https://a.example;accesskey=not base64 at all")]
    [InlineData("endpoint=ftp://a.example;accesskey=AAEC")]
    public void ConnectionString_ThatIsWrong_IsRefusedWithoutQuotingIt(string text)
    {
        Assert.False(AcsConnectionString.TryParse(text, out _, out var why));
        Assert.DoesNotContain("AAEC", why, StringComparison.Ordinal);
    }
}
