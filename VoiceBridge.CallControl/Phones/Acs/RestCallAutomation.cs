using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>The Call Automation REST API on Azure.Core's pipeline.</summary>
internal sealed class RestCallAutomation : IPhoneService, IDisposable
{
    private const string ApiVersion = "2026-03-12";

    /// <summary>How long an operation on a live call may take, retries included.</summary>
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(8);

    /// <summary>How long one attempt may take. Two fit into the ringing even when the first one hangs.</summary>
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(6);

    private readonly HttpPipeline _pipeline;
    private readonly HttpClientTransport _transport;
    private readonly Uri _endpoint;
    private readonly TimeProvider _time;

    /// <param name="endpoint">The resource's address.</param>
    /// <param name="authentication">Signs or adds the token; runs in each attempt.</param>
    /// <param name="time">For deadlines.</param>
    public RestCallAutomation(Uri endpoint, HttpPipelinePolicy authentication, TimeProvider time)
    {
        (_endpoint, _time) = (endpoint, time);
        // Its own connections (the default transport of Azure.Core is one for the process), renewed so that DNS changes are seen.
        _transport = new HttpClientTransport(new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
        })
        { Timeout = Timeout.InfiniteTimeSpan });
        var options = new Options { Transport = _transport, RetryPolicy = new DeadlineRetryPolicy(time) };
        options.Diagnostics.IsLoggingEnabled = false; // Bodies and addresses hold tickets.
        _pipeline = HttpPipelineBuilder.Build(options, [new RequestScopePolicy()], [authentication], new ResponseClassifier());
    }

    /// <summary>With an access key (<paramref name="options"/> has a connection string) or <paramref name="credential"/> (an endpoint).</summary>
    public static RestCallAutomation Create(AcsOptions options, TokenCredential credential, TimeProvider time)
    {
        if (!string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            return AcsConnectionString.TryParse(options.ConnectionString, out var connection, out var why)
                ? new RestCallAutomation(connection.Endpoint, new HmacPolicy(connection.AccessKey, time), time)
                : throw new InvalidOperationException($"Acs:ConnectionString {why}");
        }

        var endpoint = options.Endpoint ?? throw new InvalidOperationException("Acs:ConnectionString or Acs:Endpoint must be set.");
        return new RestCallAutomation(endpoint, new BearerTokenAuthenticationPolicy(credential, Scope), time);
    }

    /// <summary>The resource of Communication Services ends with a slash, hence two.</summary>
    internal const string Scope = "https://communication.azure.com//.default";

    public async Task<PhoneResult<AnsweredCall>> AnswerAsync(AnswerRequest request, CancellationToken cancellationToken)
    {
        var body = new AnswerBody(
            request.Call.IncomingCallContext, request.CallbackUri, request.CallId, new MediaStreamingBody(request.TransportUrl));
        var (result, reply) = await PostAsync(
            "/calling/callConnections:answer", body, AcsJson.Default.AnswerBody, Ringing(request.Call), cancellationToken);
        if (!result.Ok) return new PhoneResult<AnsweredCall>(result);
        var call = Read(reply, AcsJson.Default.CallConnectionBody);
        return new PhoneResult<AnsweredCall>(result, new AnsweredCall(call?.CallConnectionId, call?.ServerCallId));
    }

    public async Task<PhoneResult> RejectAsync(RingingCall call, CancellationToken cancellationToken) =>
        (await PostAsync("/calling/callConnections:reject", new RejectBody(call.IncomingCallContext, "busy"),
            AcsJson.Default.RejectBody, Ringing(call), cancellationToken)).Result;

    public async Task<PhoneResult> RedirectAsync(RingingCall call, string target, CancellationToken cancellationToken) =>
        (await PostAsync("/calling/callConnections:redirect", new RedirectBody(call.IncomingCallContext, IdentifierBody.Of(target)),
            AcsJson.Default.RedirectBody, Ringing(call), cancellationToken)).Result;

    public async Task<PhoneResult> HangUpAsync(string callConnectionId, CancellationToken cancellationToken) =>
        (await SendAsync(RequestMethod.Post, Of(callConnectionId, ":terminate"), null, Live(repeatable: true), cancellationToken)).Result;

    public async Task<PhoneResult> TransferAsync(
        string callConnectionId, string target, string operationContext, Repeatability repeatability, CancellationToken cancellationToken) =>
        (await PostAsync(Of(callConnectionId, ":transferToParticipant"), new TransferBody(IdentifierBody.Of(target), operationContext),
            AcsJson.Default.TransferBody, Live(repeatable: false) with { Repeatability = repeatability }, cancellationToken)).Result;

    public async Task<PhoneResult<CallStatus>> GetAsync(string callConnectionId, CancellationToken cancellationToken)
    {
        var (result, reply) = await SendAsync(RequestMethod.Get, Of(callConnectionId, ""), null, Live(repeatable: false), cancellationToken);
        if (!result.Ok) return new PhoneResult<CallStatus>(result);
        return new PhoneResult<CallStatus>(result, new CallStatus(Read(reply, AcsJson.Default.CallConnectionBody)?.CallConnectionState ?? "unknown"));
    }

    public async Task<PhoneResult> StartMediaAsync(string callConnectionId, CancellationToken cancellationToken) =>
        (await PostAsync(Of(callConnectionId, ":startMediaStreaming"), new MediaStreamingCommandBody(),
            AcsJson.Default.MediaStreamingCommandBody, Live(repeatable: false), cancellationToken)).Result;

    public async Task<PhoneResult> StopMediaAsync(string callConnectionId, CancellationToken cancellationToken) =>
        (await PostAsync(Of(callConnectionId, ":stopMediaStreaming"), new MediaStreamingCommandBody(),
            AcsJson.Default.MediaStreamingCommandBody, Live(repeatable: false), cancellationToken)).Result;

    public void Dispose() => _transport.Dispose();

    private static string Of(string callConnectionId, string operation) =>
        $"/calling/callConnections/{Uri.EscapeDataString(callConnectionId)}{operation}";

    private static RequestScope Ringing(RingingCall call) => new(call.Repeatability, call.RingsUntil);

    private RequestScope Live(bool repeatable) =>
        new(repeatable ? Repeatability.New(_time) : null, _time.GetUtcNow() + OperationTimeout);

    private Task<(PhoneResult Result, BinaryData? Reply)> PostAsync<T>(
        string path, T body, JsonTypeInfo<T> type, RequestScope scope, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, type), scope, cancellationToken);

    private async Task<(PhoneResult Result, BinaryData? Reply)> SendAsync(
        RequestMethod method, string path, byte[]? body, RequestScope scope, CancellationToken cancellationToken)
    {
        var remaining = scope.Deadline - _time.GetUtcNow();
        if (remaining <= TimeSpan.Zero) return (PhoneResult.NoReply("It is too late to ask."), null);
        using var message = _pipeline.CreateMessage();
        message.NetworkTimeout = AttemptTimeout;
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(_endpoint, $"{path}?api-version={ApiVersion}"));
        message.Request.Headers.SetValue("Accept", "application/json");
        if (body is not null)
        {
            message.Request.Content = RequestContent.Create(body);
            message.Request.Headers.SetValue("Content-Type", "application/json");
        }

        using var deadline = new CancellationTokenSource(remaining, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await scope.RunAsync(async () =>
            {
                await _pipeline.SendAsync(message, either.Token);
                return true;
            });
            var reply = message.Response.Content;
            if (!message.Response.IsError && message.Response.Status < 300) return (PhoneResult.Of(message.Response.Status), reply);
            var error = Read(reply, AcsJson.Default.ErrorBody)?.Error;
            return (PhoneResult.Of(message.Response.Status, error?.Code, error?.Message), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (PhoneResult.NoReply("No reply before the deadline."), null);
        }
        catch (AuthenticationFailedException exception)
        {
            return (new PhoneResult(PhoneOutcome.Denied, 0, "EntraId", exception.Message), null);
        }
        catch (Exception exception) when (exception is RequestFailedException or AggregateException or IOException)
        {
            return (PhoneResult.NoReply(exception.GetBaseException().Message), null);
        }
    }

    /// <summary>What a reply says, or nothing: a reply that cannot be read does not undo what was done.</summary>
    private static T? Read<T>(BinaryData? reply, JsonTypeInfo<T> type)
        where T : class
    {
        if (reply is null) return null;
        try
        {
            return JsonSerializer.Deserialize(reply.ToMemory().Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed class Options : ClientOptions;
}
