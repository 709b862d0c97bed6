using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace VoiceBridge.ServiceDefaults.Hosting;

/// <summary>The identity of this process in Microsoft Entra ID.</summary>
public static class AzureCredentialExtensions
{
    /// <summary>Adds the one credential of the process, unless a host has brought its own. <c>AZURE_CLIENT_ID</c> names a user-assigned identity.</summary>
    public static IServiceCollection AddAzureCredential(this IServiceCollection services)
    {
        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        return services;
    }
}
