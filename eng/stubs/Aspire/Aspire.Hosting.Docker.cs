using System;
using System.Collections.Generic;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Aspire.Hosting
{
    public static partial class DockerComposeEnvironmentExtensions
    {
        public static IResourceBuilder<DockerComposeEnvironmentResource> AddDockerComposeEnvironment(this IDistributedApplicationBuilder builder, string name) { throw null!; }
        public static IResourceBuilder<DockerComposeEnvironmentResource> WithDashboard(this IResourceBuilder<DockerComposeEnvironmentResource> builder, bool enabled = true) { throw null!; }
    }

    public static partial class DockerComposeServiceExtensions
    {
        public static IResourceBuilder<T> PublishAsDockerComposeService<T>(this IResourceBuilder<T> builder, Action<DockerComposeServiceResource, Service> configure)
            where T : IComputeResource { throw null!; }
    }
}

namespace Aspire.Hosting.Docker
{
    public partial class DockerComposeEnvironmentResource : Resource
    {
        internal DockerComposeEnvironmentResource() : base(default!) { }
    }

    public partial class DockerComposeServiceResource : Resource
    {
        internal DockerComposeServiceResource() : base(default!) { }
    }
}

namespace Aspire.Hosting.Docker.Resources.ComposeNodes
{
    public sealed partial class Service
    {
        internal Service() { }
        public List<string> Ports { get { throw null!; } set { } }
        public string? Restart { get { throw null!; } set { } }
        public string? StopGracePeriod { get { throw null!; } set { } }
    }
}
