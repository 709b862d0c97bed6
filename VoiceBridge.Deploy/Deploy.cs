using VoiceBridge.AppHost;

// The same picture as VoiceBridge.AppHost, published: `azd up`, `aspire publish`.
var builder = DistributedApplication.CreateBuilder(args);
var target = builder.GetTarget();
var callControl = builder.AddCallControl();
var keys = new Keys(builder);

if (target is Target.ContainerApps)
{
    var redis = builder.AddManagedRedis();
    var picture = new Picture(builder, redis, keys, callControl);
    new ProvisionedAzure(builder).IsUsedBy(picture, redis, builder.KeepsHistory());
    builder.PublishToContainerApps(picture);
}
else
{
    var history = builder.KeepsHistory() ? builder.AddHistoryContainer() : null;
    var picture = new Picture(builder, builder.AddRedis("redis").WithoutHttpsCertificate(), keys, callControl, history);
    new GivenAzure(builder).IsUsedBy(picture);
    builder.PublishToCompose(picture);
}

builder.Build().Run();
