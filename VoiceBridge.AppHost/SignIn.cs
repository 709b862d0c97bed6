namespace VoiceBridge.AppHost;

/// <summary>Sign-in to the dashboard with Entra ID: it does not start without, where it is published.</summary>
internal static class SignIn
{
    /// <summary>
    /// Lets users of <paramref name="tenantId"/> sign in who have a role in the application <c>entra-client-id</c>
    /// (infra/hooks/sign-in.sh makes one).
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithSignIn(this IResourceBuilder<ProjectResource> dashboard, IExpressionValue tenantId)
    {
        var clientId = dashboard.ApplicationBuilder.AddParameter("entra-client-id")
            .WithDescription("Client id of the Entra ID application that people sign in to the dashboard with; infra/hooks/sign-in.sh makes one.");
        return dashboard
            .WithEnvironment("AzureAd__Instance", "https://login.microsoftonline.com/")
            .WithEnvironment("AzureAd__TenantId", tenantId)
            .WithEnvironment("AzureAd__ClientId", clientId);
    }
}
