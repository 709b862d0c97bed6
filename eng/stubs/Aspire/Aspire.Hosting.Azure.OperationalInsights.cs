using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Azure;

namespace Aspire.Hosting
{
    public static partial class AzureLogAnalyticsWorkspaceExtensions
    {
        public static IResourceBuilder<AzureLogAnalyticsWorkspaceResource> AddAzureLogAnalyticsWorkspace(this IDistributedApplicationBuilder builder, string name) { throw null!; }
    }
}

namespace Aspire.Hosting.Azure
{
    public partial class AzureLogAnalyticsWorkspaceResource : AzureProvisioningResource
    {
        internal AzureLogAnalyticsWorkspaceResource() : base(default!, default!) { }
    }
}
