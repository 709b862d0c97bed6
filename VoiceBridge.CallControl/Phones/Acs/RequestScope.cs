using Azure.Core;
using Azure.Core.Pipeline;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>What one operation hands to the pipeline's policies: its identity, and until when it may be tried again.</summary>
internal sealed record RequestScope(Repeatability? Repeatability, DateTimeOffset Deadline)
{
    // The SDK's methods have no place for it; the flow of the async call has.
    private static readonly AsyncLocal<RequestScope?> Ambient = new();

    /// <summary>The scope of the operation that runs in this flow.</summary>
    public static RequestScope? Current => Ambient.Value;

    /// <summary>Runs <paramref name="operation"/> with this scope as <see cref="Current"/>.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> operation)
    {
        Ambient.Value = this; // Set inside an async method: the caller's flow does not see it.
        return await operation();
    }

    /// <summary>The scope that <see cref="RequestScopePolicy"/> found for a message.</summary>
    public static RequestScope? Of(HttpMessage message) =>
        message.TryGetProperty(typeof(RequestScope), out var value) ? value as RequestScope : null;
}

/// <summary>
/// Per call, before the retries: notes the scope on the message and sets the repeatability headers, replacing those that the SDK
/// makes up anew in each call of a method.
/// </summary>
internal sealed class RequestScopePolicy : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        if (RequestScope.Current is not { } scope) return;
        message.SetProperty(typeof(RequestScope), scope);
        if (scope.Repeatability is not { } pair) return;
        message.Request.Headers.SetValue(Repeatability.RequestIdHeader, pair.RequestIdText);
        message.Request.Headers.SetValue(Repeatability.FirstSentHeader, pair.FirstSentText);
    }
}
