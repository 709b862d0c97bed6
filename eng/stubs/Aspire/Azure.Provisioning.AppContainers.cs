using Azure.Provisioning.Primitives;

namespace Azure.Provisioning.AppContainers
{
    public partial class AppContainerResources : ProvisionableConstruct
    {
        public AppContainerResources() { throw null!; }
        public BicepValue<double> Cpu { get { throw null!; } set { } }
        public BicepValue<string> Memory { get { throw null!; } set { } }
    }

    public partial class ContainerApp : ProvisionableResource
    {
        internal ContainerApp() { }
        public ContainerAppConfiguration Configuration { get { throw null!; } set { } }
        public ContainerAppTemplate Template { get { throw null!; } set { } }
    }

    public partial class ContainerAppConfiguration : ProvisionableConstruct
    {
        public ContainerAppIngressConfiguration Ingress { get { throw null!; } set { } }
    }

    public partial class ContainerAppContainer : ProvisionableConstruct
    {
        public AppContainerResources Resources { get { throw null!; } set { } }
    }

    public partial class ContainerAppCustomScaleRule : ProvisionableConstruct
    {
        public ContainerAppCustomScaleRule() { throw null!; }
        public BicepList<ContainerAppScaleRuleAuth> Auth { get { throw null!; } set { } }
        public BicepValue<string> CustomScaleRuleType { get { throw null!; } set { } }
        public BicepDictionary<string> Metadata { get { throw null!; } set { } }
    }

    public partial class ContainerAppHttpScaleRule : ProvisionableConstruct
    {
        public ContainerAppHttpScaleRule() { throw null!; }
        public BicepDictionary<string> Metadata { get { throw null!; } set { } }
    }

    public partial class ContainerAppIngressConfiguration : ProvisionableConstruct
    {
        public BicepValue<StickySessionAffinity> StickySessionsAffinity { get { throw null!; } set { } }
    }

    public partial class ContainerAppScale : ProvisionableConstruct
    {
        public BicepValue<int> MaxReplicas { get { throw null!; } set { } }
        public BicepValue<int> MinReplicas { get { throw null!; } set { } }
        public BicepValue<int> PollingInterval { get { throw null!; } set { } }
        public BicepList<ContainerAppScaleRule> Rules { get { throw null!; } set { } }
    }

    public partial class ContainerAppScaleRule : ProvisionableConstruct
    {
        public ContainerAppScaleRule() { throw null!; }
        public ContainerAppCustomScaleRule Custom { get { throw null!; } set { } }
        public ContainerAppHttpScaleRule Http { get { throw null!; } set { } }
        public BicepValue<string> Name { get { throw null!; } set { } }
    }

    public partial class ContainerAppScaleRuleAuth : ProvisionableConstruct
    {
        public ContainerAppScaleRuleAuth() { throw null!; }
        public BicepValue<string> SecretRef { get { throw null!; } set { } }
        public BicepValue<string> TriggerParameter { get { throw null!; } set { } }
    }

    public partial class ContainerAppTemplate : ProvisionableConstruct
    {
        public BicepList<ContainerAppContainer> Containers { get { throw null!; } set { } }
        public ContainerAppScale Scale { get { throw null!; } set { } }
        public BicepValue<long> TerminationGracePeriodSeconds { get { throw null!; } set { } }
    }

    public enum StickySessionAffinity
    {
        Sticky = 0,
    }
}
