namespace VoiceBridge.AppHost;

/// <summary>
/// What must not be read in <c>aspire describe</c>. Aspire blanks a variable only where its value is, to the letter, that of a secret parameter;
/// one that is composed of a secret and other things it shows.
/// </summary>
internal static class Secrets
{
    /// <summary>Sets <paramref name="variable"/> to a composed value, as a secret of its own.</summary>
    public static IResourceBuilder<ProjectResource> WithSecret(this IResourceBuilder<ProjectResource> service, string variable, ReferenceExpression value)
    {
        // Not in the model: nobody gives it a value, and it is composed when it is first asked for, with all ports known.
        var secret = new ParameterResource(
            $"{service.Resource.Name}-{variable.Replace("__", "-", StringComparison.Ordinal)}".ToLowerInvariant(),
            _ => value.GetValueAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() ?? "",
            secret: true);
        return service.WithEnvironment(context => context.EnvironmentVariables[variable] = secret);
    }
}
