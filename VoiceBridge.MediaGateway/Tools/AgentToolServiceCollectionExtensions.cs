using System.Reflection;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Tools;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers C# methods as tools of the agents.</summary>
public static class AgentToolServiceCollectionExtensions
{
    /// <summary>Offers a method to the model. Its parameters become the tool's schema, their <c>[Description]</c>s its documentation; a
    /// parameter of type <see cref="IServiceProvider"/> gets the services of the call (a scope of its own), a
    /// <see cref="CancellationToken"/> is cancelled when the tool's time is over or the call has ended.</summary>
    /// <param name="services">The service's container.</param>
    /// <param name="method">What runs; its result is given to the model as JSON (a string as it is).</param>
    /// <param name="name">Name for the model: letters, digits, underscores, dashes.</param>
    /// <param name="description">What it is for: the model decides by this when to use it.</param>
    /// <param name="timeout">How long it may take; <c>Tools:Timeout</c> when null.</param>
    /// <exception cref="ArgumentException">The name cannot be used.</exception>
    public static IServiceCollection AddAgentTool(
        this IServiceCollection services, Delegate method, string name, string description, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        return services.Add(AIFunctionFactory.Create(method, name, description, ToolJson.Options), timeout);
    }

    /// <summary>Offers a method of <typeparamref name="T"/> to the model; the object is taken from (or made with) the services of the call.</summary>
    /// <exception cref="ArgumentException">There is no such public method, or the name cannot be used.</exception>
    public static IServiceCollection AddAgentTool<T>(
        this IServiceCollection services, string method, string name, string description, TimeSpan? timeout = null)
        where T : class
    {
        var found = typeof(T).GetMethod(method, BindingFlags.Public | BindingFlags.Instance)
            ?? throw new ArgumentException($"{typeof(T).Name} has no public method {method}.", nameof(method));
        var options = new AIFunctionFactoryOptions { Name = name, Description = description, SerializerOptions = ToolJson.Options };
        var function = AIFunctionFactory.Create(found, Instance, options);
        return services.Add(function, timeout);

        static object Instance(AIFunctionArguments arguments) => ActivatorUtilities.GetServiceOrCreateInstance<T>(arguments.Services!);
    }

    private static IServiceCollection Add(this IServiceCollection services, AIFunction function, TimeSpan? timeout)
    {
        if (!ToolNames.IsValid(function.Name))
            throw new ArgumentException($"'{function.Name}' cannot be the name of a tool: letters, digits, _ and -, 64 at most, and none of ours.");
        return services.AddSingleton(new RegisteredTool(function, timeout));
    }
}
