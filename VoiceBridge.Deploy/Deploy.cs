using VoiceBridge.AppHost;

// The same picture as VoiceBridge.AppHost, published: `azd up`, `aspire publish`.
var builder = DistributedApplication.CreateBuilder(args);
var target = builder.GetTarget();
var keys = new Keys(builder);

if (target is Target.ContainerApps)
{
    var picture = new Picture(builder, builder.AddManagedRedis(), keys);
    new ProvisionedAzure(builder).IsUsedBy(picture);
    builder.PublishToContainerApps(picture);
}
else
{
    var picture = new Picture(builder, builder.AddRedis("redis").WithoutHttpsCertificate(), keys);
    new GivenAzure(builder).IsUsedBy(picture);
    builder.PublishToCompose(picture);
}

builder.Build().Run();
