using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Dashboard.Access;

namespace VoiceBridge.Dashboard.Tests.Access;

/// <summary>Makes the dashboard's cookie of an operator who does not exist, with whatever keys the attacker has.</summary>
internal static class ForgedCookie
{
    public const string Name = "mallory";

    /// <summary>The header's value.</summary>
    public static string Make(IDataProtectionProvider keys)
    {
        var identity = new ClaimsIdentity([new Claim("name", Name), new Claim(ClaimTypes.Role, Policies.OperatorRole)], "Cookies", "name", ClaimTypes.Role);
        var properties = new AuthenticationProperties { IssuedUtc = DateTimeOffset.UtcNow, ExpiresUtc = DateTimeOffset.UtcNow.AddDays(300) };
        properties.Items[".AuthScheme"] = "OpenIdConnect";
        var protector = keys.CreateProtector("Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware", CookieAuthenticationDefaults.AuthenticationScheme, "v2");
        var cookie = new TicketDataFormat(protector).Protect(new AuthenticationTicket(new ClaimsPrincipal(identity), properties, CookieAuthenticationDefaults.AuthenticationScheme));
        return $".AspNetCore.Cookies={cookie}";
    }

    /// <summary>DataProtection as the dashboard sets it up, over an attacker's ring. Makes keys only where <paramref name="mayMakeKeys"/>.</summary>
    public static ServiceProvider Provider(IXmlRepository ring, bool mayMakeKeys)
    {
        var services = new ServiceCollection().AddLogging();
        var protection = services.AddDataProtection().SetApplicationName("VoiceBridge.Dashboard");
        if (!mayMakeKeys) protection.DisableAutomaticKeyGeneration();
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = ring);
        return services.BuildServiceProvider();
    }
}
