using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace VoiceBridge.AppHost;

/// <summary>What can be done from the Aspire dashboard, and with <c>aspire resource</c>.</summary>
internal static class Commands
{
    private const int CallSeconds = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Rings once, or ten times, and hangs up.</summary>
    public static IResourceBuilder<ProjectResource> WithCallCommands(this IResourceBuilder<ProjectResource> simulator) => simulator
        .WithCallCommand(1, "place-call", "Place a call", "Call")
        .WithCallCommand(10, "place-calls", "Place ten calls", "PeopleCall")
        .WithCallCommand(1, "place-twilio-call", "Place a Twilio call", "Call", "twilio")
        .WithReplicaCommand("hang-up-calls", "Hang up all calls", HangUpAsync, new CommandOptions
        {
            Description = "Every simulated caller hangs up now.",
            IconName = "CallEnd",
        });

    /// <summary>A replica takes no new calls any more, or takes them again.</summary>
    public static IResourceBuilder<ProjectResource> WithDrainCommands(this IResourceBuilder<ProjectResource> mediagateway) => mediagateway
        .WithReplicaCommand("drain", "Drain this gateway", (replicas, cancellationToken) => DrainAsync(replicas, cancellationToken), new CommandOptions
        {
            Description = "It takes no new calls; those that it has go on. By the name of the resource: the first replica that takes calls.",
            ConfirmationMessage = "This gateway will take no new calls. Drain it?",
            IconName = "ArrowExit",
        })
        .WithReplicaCommand("undrain", "Take calls again", UndrainAsync, new CommandOptions
        {
            Description = "Ends the drain. By the name of the resource: that of every replica.",
            IconName = "ArrowEnter",
        })
        .WithCommandsByPlainName();

    private static IResourceBuilder<ProjectResource> WithCallCommand(
        this IResourceBuilder<ProjectResource> simulator, int count, string name, string text, string icon, string network = "acs") =>
        simulator.WithReplicaCommand(name, text, (replicas, cancellationToken) => PlaceAsync(replicas[0], count, network, cancellationToken), new CommandOptions
        {
            Description = $"The phone rings: the calls go through the whole system, with a simulated caller and model, for {CallSeconds} s.",
            IconName = icon,
            IsHighlighted = true,
        });

    private static async Task<string> PlaceAsync(Replica simulator, int count, string network, CancellationToken cancellationToken)
    {
        await SendAsync(HttpMethod.Post, simulator, "/simulator/calls", JsonContent.Create(new { count, seconds = CallSeconds, network }), cancellationToken);
        return count == 1 ? $"The phone rings once; the call lasts {CallSeconds} s." : $"The phone rings {count} times; the calls last {CallSeconds} s.";
    }

    private static async Task<string> HangUpAsync(IReadOnlyList<Replica> simulator, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Post, simulator[0], "/simulator/calls/hangup", content: null, cancellationToken);
        using var body = JsonDocument.Parse(answer);
        return $"{body.RootElement.GetProperty("hungUp").GetInt32()} callers hung up.";
    }

    private static async Task<string> DrainAsync(IReadOnlyList<Replica> replicas, CancellationToken cancellationToken)
    {
        // One that was named is drained whatever it does; of several, one that has calls to lose.
        var chosen = replicas.Count == 1 ? replicas[0] : await FirstReadyAsync(replicas, cancellationToken);
        await SendAsync(HttpMethod.Post, chosen, "/drain", content: null, cancellationToken);
        return $"{chosen.Name} takes no new calls.";
    }

    private static async Task<string> UndrainAsync(IReadOnlyList<Replica> replicas, CancellationToken cancellationToken)
    {
        foreach (var replica in replicas) await SendAsync(HttpMethod.Delete, replica, "/drain", content: null, cancellationToken);
        return $"{string.Join(" and ", replicas.Select(replica => replica.Name))} {(replicas.Count == 1 ? "takes" : "take")} calls again.";
    }

    private static async Task<Replica> FirstReadyAsync(IReadOnlyList<Replica> replicas, CancellationToken cancellationToken)
    {
        foreach (var replica in replicas)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(replica.Address, "/ready"));
            using var reply = await Services.Loopback.SendAsync(request, cancellationToken);
            if (reply.IsSuccessStatusCode) return replica;
        }
        throw new InvalidOperationException($"None takes calls: {string.Join(", ", replicas.Select(replica => replica.Name))}.");
    }

    /// <exception cref="HttpRequestException">It does not answer, or with another status than 2xx.</exception>
    private static async Task<string> SendAsync(HttpMethod method, Replica replica, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(replica.Address, path)) { Content = content };
        using var reply = await Services.Loopback.SendAsync(request, cancellationToken);
        var answer = await reply.Content.ReadAsStringAsync(cancellationToken);
        return reply.IsSuccessStatusCode ? answer : throw new HttpRequestException($"{replica.Name} answered {(int)reply.StatusCode}: {answer}");
    }

    // The endpoint of a resource is that of all its replicas, so each is spoken to at its own address.
    private static IResourceBuilder<ProjectResource> WithReplicaCommand(
        this IResourceBuilder<ProjectResource> service, string name, string text, Func<IReadOnlyList<Replica>, CancellationToken, Task<string>> act, CommandOptions options)
    {
        Replicas.AddTo(service.ApplicationBuilder.Services);
        return service.WithCommand(name, text, RunAsync, options);

        async Task<ExecuteCommandResult> RunAsync(ExecuteCommandContext context)
        {
            var running = context.Services.GetRequiredService<Replicas>().Of(service.Resource);
            var meant = context.ResourceName == service.Resource.Name ? running : [.. running.Where(replica => replica.Name == context.ResourceName)];
            if (meant.Count == 0) return CommandResults.Failure($"{context.ResourceName} has no address yet: it does not run.");

            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            deadline.CancelAfter(Patience);
            try
            {
                var message = await act(meant, deadline.Token);
                // The dashboard shows the message, the CLI only the result.
                return CommandResults.Success(message, message);
            }
            catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
            {
                return CommandResults.Failure($"No answer from {string.Join(", ", meant.Select(replica => replica.Name))} within {Patience.TotalSeconds:0} s.");
            }
            catch (Exception error) when (error is HttpRequestException or InvalidOperationException)
            {
                return CommandResults.Failure(error.Message);
            }
        }
    }

    // Aspire takes commands for a replica only: a name that several share it does not find. A hidden state under that name, a copy of a replica's, is found.
    private static IResourceBuilder<ProjectResource> WithCommandsByPlainName(this IResourceBuilder<ProjectResource> service) =>
        service.OnBeforeResourceStarted((resource, starting, cancellationToken) =>
        {
            _ = PublishAsync(starting.Services.GetRequiredService<ResourceNotificationService>());
            return Task.CompletedTask;

            async Task PublishAsync(ResourceNotificationService states)
            {
                var ready = await states.WaitForResourceHealthyAsync(resource.Name, cancellationToken);
                await states.PublishUpdateAsync(resource, resource.Name, _ => ready.Snapshot with { IsHidden = true });
            }
        });
}
