using VoiceBridge.AppHost;

// VoiceBridge as one picture. A call rings at callcontrol, which answers it; its audio then comes to a mediagateway, which bridges it
// to Voice Live. Redis is all that the replicas share. On this machine a simulator stands in for Azure, unless Azure's settings are given.
var builder = DistributedApplication.CreateBuilder(args);
var stage = builder.GetStage();
var keys = new Keys(builder);

var redis = builder.AddClusterRedis(stage);

var mediagateway = builder.AddService<Projects.VoiceBridge_MediaGateway>("mediagateway")
    .WithReplicas(2)
    .WithExternalHttpEndpoints()
    .WithReadiness("/ready")
    .WithHttpHealthCheck("/health")
    .WithReference(redis).WaitFor(redis)
    .WithClusterKeys(keys)
    .WithLink("/stats", "Calls of one replica");

var callcontrol = builder.AddService<Projects.VoiceBridge_CallControl>("callcontrol")
    .WithReplicas(2)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithReference(redis).WaitFor(redis)
    .WaitFor(mediagateway)
    .WithClusterKeys(keys)
    .WithEnvironment("EventGrid__Keys__0", keys.EventGrid)
    .WithEnvironment("EventGrid__SubscriptionName", Keys.SubscriptionName)
    .WithLink("/stats", "Calls of the cluster");

var dashboard = builder.AddService<Projects.VoiceBridge_Dashboard>("dashboard")
    .WithExternalHttpEndpoints()
    .WithReference(redis).WaitFor(redis)
    .WithClusterKeys(keys)
    .WithEnvironment("CallControl__Url", callcontrol.GetEndpoint("http"))
    .WithLink("/", "Calls, gateways, capacity")
    .WithLink("/talk", "Talk to the agent");

mediagateway.WithEnvironment("CallControl__Url", callcontrol.GetEndpoint("http"));

switch (stage)
{
    case Stage.Simulated:
        builder.AddService<Projects.VoiceBridge_Simulator>("simulator")
            .SimulatesAzureFor(callcontrol, mediagateway, dashboard, keys)
            .WithCallCommands();
        mediagateway.WithDrainCommand();
        break;

    case Stage.Local or Stage.Compose:
        new GivenAzure(builder, stage).IsUsedBy(callcontrol, mediagateway, dashboard);
        if (stage is Stage.Compose) builder.PublishToCompose(callcontrol, mediagateway, dashboard);
        break;

    case Stage.ContainerApps:
        new ProvisionedAzure(builder).IsUsedBy(callcontrol, mediagateway, dashboard);
        builder.PublishToContainerApps(callcontrol, mediagateway, dashboard);
        break;
}

builder.Build().Run();
