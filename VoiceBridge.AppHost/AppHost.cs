using VoiceBridge.AppHost;

// The whole system on this machine. A simulator stands in for Azure, unless Azure's settings are given. VoiceBridge.Deploy publishes it.
var builder = DistributedApplication.CreateBuilder(args);
var keys = new Keys(builder);
// Publishing looks at no engine of this machine.
var containers = builder.ExecutionContext.IsPublishMode || ContainerRuntime.Answers(builder.Configuration);
var picture = new Picture(
    builder, containers ? builder.AddRedisContainer() : builder.AddEmbeddedRedis(), keys, history: containers ? builder.AddHistoryContainer() : null);

if (builder.ExecutionContext.IsPublishMode || GivenAzure.IsGiven(builder.Configuration) || GivenTwilio.IsGiven(builder.Configuration))
{
    new GivenAzure(builder).IsUsedBy(picture);
}
else
{
    builder.AddService<Projects.VoiceBridge_Simulator>("simulator")
        .SimulatesAzureFor(picture.CallControl, picture.MediaGateway, picture.Dashboard, keys)
        .WithCallCommands();
    picture.MediaGateway.WithDrainCommands();
}

builder.Build().Run();
