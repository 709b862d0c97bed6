using System.Text;
using VoiceBridge.Simulator.Acs.Rest;

namespace VoiceBridge.Simulator.Tests.Acs;

/// <summary>Vectors made with the official JavaScript client.</summary>
public sealed class HmacSignatureTests
{
    private const string Key = "bG9jYWwtZW11bGF0b3ItYWNjZXNzLWtleS0zMmJ5dGU=";
    private const string Date = "Sun, 04 Oct 2026 12:34:56 GMT";

    [Theory]
    [InlineData(
        "POST", "/calling/callConnections:answer?api-version=2026-03-12", "localhost:7101", """{"incomingCallContext":"ctx","callbackUri":"https://example.test/cb"}""",
        "0mTLCjuUN486Zdg/AnybS11QMWW+aetVdBKu1Wqh81c=", "b8HAFdmiNkxHY5wH92RkedR3CbpQ/CHTBy8hbUxcrUM=")]
    [InlineData(
        "DELETE", "/calling/callConnections/abc?api-version=2026-03-12", "contoso.communication.azure.com", "",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "2rKFVFsxwT0fGCPccDdHAn+C9YwnYI2ij+Bt2xEmnkE=")]
    public void Signature_IsTheOfficialClients(string verb, string path, string host, string body, string hash, string signature)
    {
        Assert.Equal(hash, HmacSignature.ContentHash(Encoding.UTF8.GetBytes(body)));
        Assert.Equal(signature, HmacSignature.Sign(Key, verb, path, Date, host, hash));
    }
}
