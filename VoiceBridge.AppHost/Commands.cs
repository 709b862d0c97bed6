using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;

namespace VoiceBridge.AppHost;

/// <summary>What can be done from the Aspire dashboard, and with <c>aspire resource</c>.</summary>
internal static class Commands
{
    /// <summary>Rings once, or ten times.</summary>
    public static IResourceBuilder<ProjectResource> WithCallCommands(this IResourceBuilder<ProjectResource> simulator) => simulator
        .WithCallCommand(1, "place-call", "Place a call", "Call")
        .WithCallCommand(10, "place-calls", "Place ten calls", "PeopleCall");

    /// <summary>The replica takes no new calls any more, and ends when its own are over.</summary>
    public static IResourceBuilder<ProjectResource> WithDrainCommand(this IResourceBuilder<ProjectResource> mediagateway) =>
        mediagateway.WithCommand("drain", "Drain this gateway", DrainAsync, new CommandOptions
        {
            Description = "It takes no new calls; those that it has go on.",
            ConfirmationMessage = "This gateway will take no new calls. Drain it?",
            IconName = "ArrowExit",
        });

    // The resource's endpoint is that of all replicas: an HTTP command would drain whichever one answers it.
    private static async Task<ExecuteCommandResult> DrainAsync(ExecuteCommandContext context)
    {
        var states = context.Services.GetRequiredService<ResourceNotificationService>();
        if (!states.TryGetCurrentState(context.ResourceName, out var replica)
            || replica.Snapshot.EnvironmentVariables.FirstOrDefault(variable => variable.Name == "ASPNETCORE_URLS")?.Value is not { Length: > 0 } address)
        {
            return CommandResults.Failure("The gateway has no address yet.");
        }
        using var http = new HttpClient();
        using var reply = await http.PostAsync(new Uri(new Uri(address), "/drain"), content: null, context.CancellationToken);
        return reply.IsSuccessStatusCode ? CommandResults.Success() : CommandResults.Failure($"The gateway answered {(int)reply.StatusCode}.");
    }

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
