using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Azure;

namespace Aspire.Hosting
{
    public static partial class AzureApplicationInsightsExtensions
    {
        public static IResourceBuilder<AzureApplicationInsightsResource> AddAzureApplicationInsights(this IDistributedApplicationBuilder builder, string name) { throw null!; }
        public static IResourceBuilder<AzureApplicationInsightsResource> WithLogAnalyticsWorkspace(this IResourceBuilder<AzureApplicationInsightsResource> builder, IResourceBuilder<AzureLogAnalyticsWorkspaceResource> logAnalyticsWorkspace) { throw null!; }
    }
}

namespace Aspire.Hosting.Azure
{
    public partial class AzureApplicationInsightsResource : AzureProvisioningResource, IResourceWithConnectionString
    {
        internal AzureApplicationInsightsResource() : base(default!, default!) { }
        public ReferenceExpression ConnectionStringExpression { get { throw null!; } }
    }
}
