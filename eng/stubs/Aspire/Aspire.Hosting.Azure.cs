using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Azure;
using Azure.Provisioning;

namespace Aspire.Hosting
{
    public static partial class AzureBicepResourceExtensions
    {
        public static IResourceBuilder<AzureBicepResource> AddBicepTemplate(this IDistributedApplicationBuilder builder, string name, string bicepFile) { throw null!; }
        public static BicepOutputReference GetOutput(this IResourceBuilder<AzureBicepResource> builder, string name) { throw null!; }
        public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, BicepOutputReference bicepOutputReference)
            where T : IResourceWithEnvironment { throw null!; }
        public static IResourceBuilder<T> WithParameter<T>(this IResourceBuilder<T> builder, string name, BicepOutputReference value)
            where T : AzureBicepResource { throw null!; }
        public static IResourceBuilder<T> WithParameter<T>(this IResourceBuilder<T> builder, string name, string value)
            where T : AzureBicepResource { throw null!; }
    }

    public static partial class AzureProvisioningResourceExtensions
    {
        public static ProvisioningParameter AsProvisioningParameter(this BicepOutputReference outputReference, AzureResourceInfrastructure infrastructure, string? parameterName = null) { throw null!; }
        public static IResourceBuilder<T> ConfigureInfrastructure<T>(this IResourceBuilder<T> builder, Action<AzureResourceInfrastructure> configure)
            where T : AzureProvisioningResource { throw null!; }
    }

    public static partial class AzureResourceExtensions
    {
        public static IResourceBuilder<T> ClearDefaultRoleAssignments<T>(this IResourceBuilder<T> builder)
            where T : IAzureResource { throw null!; }
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    public partial interface IAzureResource : IResource
    {
    }
}

namespace Aspire.Hosting.Azure
{
    public partial class AzureBicepResource : Resource, IAzureResource
    {
        public AzureBicepResource(string name, string? templateFile = null, string? templateString = null, string? templateResourceName = null) : base(default!) { throw null!; }
        public virtual string GetBicepTemplateString() { throw null!; }
    }

    public partial class AzureProvisioningResource : AzureBicepResource
    {
        public AzureProvisioningResource(string name, Action<AzureResourceInfrastructure> configureInfrastructure) : base(default!) { throw null!; }
    }

    public sealed partial class AzureResourceInfrastructure : Infrastructure
    {
        internal AzureResourceInfrastructure() { }
    }

    public static partial class AzureUserAssignedIdentityExtensions
    {
        public static IResourceBuilder<AzureUserAssignedIdentityResource> AddAzureUserAssignedIdentity(this IDistributedApplicationBuilder builder, string name) { throw null!; }
        public static IResourceBuilder<T> WithAzureUserAssignedIdentity<T>(this IResourceBuilder<T> builder, IResourceBuilder<AzureUserAssignedIdentityResource> identityResourceBuilder)
            where T : IComputeResource { throw null!; }
    }

    public sealed partial class AzureUserAssignedIdentityResource : AzureProvisioningResource
    {
        public AzureUserAssignedIdentityResource(string name) : base(default!, default!) { throw null!; }
        public BicepOutputReference PrincipalId { get { throw null!; } }
    }

    public sealed partial class BicepOutputReference : IExpressionValue, IValueWithReferences
    {
        internal BicepOutputReference() { }
        IEnumerable<object> IValueWithReferences.References { get { throw null!; } }
        public string ValueExpression { get { throw null!; } }
        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) { throw null!; }
    }
}
