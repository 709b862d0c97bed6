using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VoiceBridge.Testing.SignIn;

/// <summary>A certificate for <c>localhost</c> that nobody has issued, for servers of a test, and a check that accepts this one only.</summary>
public static class LoopbackCertificate
{
    public static X509Certificate2 Instance { get; } = Create();

    /// <summary>For <c>ServerCertificateCustomValidationCallback</c> and its like.</summary>
    public static bool IsOurs(X509Certificate? certificate) => certificate is not null && certificate.GetCertHashString() == Instance.GetCertHashString();

    /// <summary>A handler that trusts it, follows no redirect and keeps cookies as a browser does.</summary>
    public static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        CookieContainer = new CookieContainer(),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => IsOurs(certificate) },
    };

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        // Servers on Windows want a key that lies in a store of its own.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
