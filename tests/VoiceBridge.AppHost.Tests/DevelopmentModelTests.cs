namespace VoiceBridge.AppHost.Tests;

/// <summary>The model on a developer's machine; it is made, not started.</summary>
public class DevelopmentModelTests
{
    [Fact]
    public async Task WithoutAzureSettings_TheSimulatorIsAzure()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded");
        var names = builder.Resources.Select(resource => resource.Name).ToArray();

        Assert.Contains("simulator", names);
        Assert.Contains("redis-server", names);
        Assert.DoesNotContain("acs-connection-string", names);
    }

    [Fact]
    public async Task WithAzureSettings_ThereIsNoSimulator()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded", "--Parameters:acs-connection-string", "endpoint=https://example.communication.azure.com/;accesskey=a2V5");
        var names = builder.Resources.Select(resource => resource.Name).ToArray();

        Assert.DoesNotContain("simulator", names);
        Assert.Contains("acs-connection-string", names);
    }

    [Fact]
    public async Task WithATwilioAccountAlone_ThereIsNeitherSimulatorNorAcs()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded", "--Twilio:AccountSid", "AC00000000000000000000000000000001");
        var names = builder.Resources.Select(resource => resource.Name).ToArray();

        Assert.DoesNotContain("simulator", names);
        Assert.DoesNotContain("acs-connection-string", names);
        Assert.True(Assert.IsType<ParameterResource>(Resource(builder, "twilio-auth-token")).Secret);
    }

    [Fact]
    public async Task WithAContainerRuntime_RedisIsAContainer()
    {
        await using var builder = await CreateAsync("--Redis:Server", "container");

        Assert.IsAssignableFrom<ContainerResource>(Assert.Single(builder.Resources, resource => resource.Name == "redis"));
        Assert.DoesNotContain(builder.Resources, resource => resource.Name == "redis-server");
    }

    [Theory, InlineData("container", true), InlineData("embedded", false)]
    public async Task WithAContainerRuntime_EndedCallsAreKeptInPostgres(string redis, bool kept)
    {
        await using var builder = await CreateAsync("--Redis:Server", redis);

        Assert.Equal(kept, builder.Resources.OfType<PostgresServerResource>().Any());
        foreach (var name in (string[])["callcontrol", "dashboard", "mediagateway"])
        {
            var resource = Resource(builder, name);
            var context = new EnvironmentCallbackContext(builder.ExecutionContext, resource, cancellationToken: TestContext.Current.CancellationToken);
            foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await callback.Callback(context);
            Assert.Equal(kept && name != "mediagateway", context.EnvironmentVariables.ContainsKey("ConnectionStrings__history"));
        }
    }

    [Fact]
    public async Task CallControlAndGateways_RunTwice()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded");

        foreach (var name in (string[])["callcontrol", "mediagateway"])
            Assert.Equal(2, Assert.Single(builder.Resources, resource => resource.Name == name).Annotations.OfType<ReplicaAnnotation>().Last().Replicas);
    }

    [Fact]
    public async Task Commands_AreOfferedWhereTheyBelong()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded");

        Assert.Equal(["hang-up-calls", "place-call", "place-calls", "place-twilio-call"], Commands(builder, "simulator"));
        Assert.Equal(["drain", "undrain"], Commands(builder, "mediagateway"));
    }

    [Fact]
    public async Task EachResource_HasOneHealthCheck()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded");

        foreach (var name in (string[])["callcontrol", "mediagateway", "dashboard", "simulator", "redis-server"])
            Assert.Single(Resource(builder, name).Annotations.OfType<HealthCheckAnnotation>());
    }

    [Theory]
    [InlineData("--Redis:Server", "embedded")]
    [InlineData("--Redis:Server", "embedded", "--Parameters:acs-connection-string", "endpoint=https://example.communication.azure.com/;accesskey=a2V5")]
    [InlineData("--Redis:Server", "embedded", "--Twilio:AccountSid", "AC00000000000000000000000000000001")]
    public async Task Secrets_AreWholeVariables_AsAspireBlanksNoOthers(params string[] args)
    {
        await using var builder = await CreateAsync(args);

        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            var context = new EnvironmentCallbackContext(builder.ExecutionContext, project, cancellationToken: TestContext.Current.CancellationToken);
            foreach (var callback in project.Annotations.OfType<EnvironmentCallbackAnnotation>()) await callback.Callback(context);
            Assert.All(context.EnvironmentVariables, variable => Assert.True(variable.Value is ParameterResource || !HoldsSecret(variable.Value), $"{project.Name}: {variable.Key}"));
        }
    }

    private static bool HoldsSecret(object value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        IValueWithReferences composed => composed.References.Any(HoldsSecret),
        _ => false,
    };

    private static IEnumerable<string> Commands(IDistributedApplicationTestingBuilder builder, string resource) =>
        Resource(builder, resource).Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name).Order();

    private static IResource Resource(IDistributedApplicationTestingBuilder builder, string name) => builder.Resources.Single(resource => resource.Name == name);

    private static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.VoiceBridge_AppHost>(args, TestContext.Current.CancellationToken);
}
