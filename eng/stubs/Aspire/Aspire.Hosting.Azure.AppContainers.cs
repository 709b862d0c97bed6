using System;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Azure;
using Aspire.Hosting.Azure.AppContainers;
using Azure.Provisioning.AppContainers;

namespace Aspire.Hosting
{
    public static partial class AzureContainerAppExtensions
    {
        public static IResourceBuilder<AzureContainerAppEnvironmentResource> AddAzureContainerAppEnvironment(this IDistributedApplicationBuilder builder, string name) { throw null!; }
        public static IResourceBuilder<AzureContainerAppEnvironmentResource> WithAzureLogAnalyticsWorkspace(this IResourceBuilder<AzureContainerAppEnvironmentResource> builder, IResourceBuilder<AzureLogAnalyticsWorkspaceResource> workspaceBuilder) { throw null!; }
    }

    public static partial class AzureContainerAppProjectExtensions
    {
        public static IResourceBuilder<T> PublishAsAzureContainerApp<T>(this IResourceBuilder<T> project, Action<AzureResourceInfrastructure, ContainerApp> configure)
            where T : ProjectResource { throw null!; }
    }
}

namespace Aspire.Hosting.Azure.AppContainers
{
    public partial class AzureContainerAppEnvironmentResource : AzureProvisioningResource
    {
        internal AzureContainerAppEnvironmentResource() : base(default!, default!) { }
    }
}
