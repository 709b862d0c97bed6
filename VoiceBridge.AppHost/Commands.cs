using System.Net.Http.Json;

namespace VoiceBridge.AppHost;

/// <summary>What can be done from the Aspire dashboard, and with <c>aspire resource</c>.</summary>
internal static class Commands
{
    /// <summary>Rings once, or ten times.</summary>
    public static IResourceBuilder<ProjectResource> WithCallCommands(this IResourceBuilder<ProjectResource> simulator) => simulator
        .WithCallCommand(1, "place-call", "Place a call", "Call")
        .WithCallCommand(10, "place-calls", "Place ten calls", "PeopleCall");

    /// <summary>Whichever replica gets the request takes no new calls any more, and ends when its own are over.</summary>
    public static IResourceBuilder<ProjectResource> WithDrainCommand(this IResourceBuilder<ProjectResource> mediagateway) =>
        mediagateway.WithHttpCommand("/drain", "Drain one gateway", endpointName: Services.Http, commandName: "drain", commandOptions: new HttpCommandOptions
        {
            Method = HttpMethod.Post,
            Description = "One of the replicas takes no new calls; those that it has go on.",
            ConfirmationMessage = "One gateway will take no new calls. Drain it?",
            IconName = "ArrowExit",
        });

    private static IResourceBuilder<ProjectResource> WithCallCommand(
        this IResourceBuilder<ProjectResource> simulator, int count, string name, string text, string icon) =>
        simulator.WithHttpCommand("/simulator/calls", text, endpointName: Services.Http, commandName: name, commandOptions: new HttpCommandOptions
        {
            Method = HttpMethod.Post,
            Description = "The phone rings: the calls go through the whole system, with a simulated caller and model.",
            IconName = icon,
            IsHighlighted = true,
            PrepareRequest = context =>
            {
                context.Request.Content = JsonContent.Create(new { count });
                return Task.CompletedTask;
            },
        });
}
