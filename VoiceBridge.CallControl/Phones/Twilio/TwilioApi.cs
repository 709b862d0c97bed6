using Microsoft.Extensions.Options;
using Twilio.Clients;
using Twilio.Exceptions;
using Twilio.Http;
using Twilio.Rest.Api.V2010.Account;
using VoiceBridge.ServiceDefaults.Access.Twilio;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>
/// What is asked of Twilio's REST API, through Twilio's own client. It knows no idempotency: after an update whose answer was lost the call is asked for, and only what
/// may be done twice is done again.
/// </summary>
internal sealed class TwilioApi : IDisposable
{
    /// <summary>"Call is not in-progress. Cannot redirect."</summary>
    private const int NotInProgress = 21220;

    /// <summary>How long an operation may take, retries included.</summary>
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Lazy<(System.Net.Http.HttpClient Http, TwilioRestClient Client)> _connected;
    private readonly TimeProvider _time;

    public TwilioApi(IOptions<TwilioOptions> options, TimeProvider time)
    {
        _time = time;
        // Made when it is needed: without an account there is nothing to sign in with.
        _connected = new(() => Connect(options.Value));
    }

    private TwilioRestClient Client => _connected.Value.Client;

    private static (System.Net.Http.HttpClient Http, TwilioRestClient Client) Connect(TwilioOptions settings)
    {
        var sockets = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false };
        if (settings.ApiUrl.IsLoopback) sockets.UseProxy = false;
        var http = new System.Net.Http.HttpClient(new AddressHandler(settings.ApiUrl) { InnerHandler = sockets }) { Timeout = AttemptTimeout };
        var (name, secret) = string.IsNullOrEmpty(settings.ApiKey) ? (settings.AccountSid, settings.AuthToken) : (settings.ApiKey, settings.ApiSecret);
        return (http, new TwilioRestClient(name, secret, settings.AccountSid, httpClient: new SystemNetHttpClient(http)));
    }

    /// <summary>Ends the call.</summary>
    public Task<PhoneResult> HangUpAsync(string callSid, CancellationToken cancellationToken) => UpdateAsync(
        callSid, () => new UpdateCallOptions(callSid) { Status = CallResource.UpdateStatusEnum.Completed }, ends: true, cancellationToken);

    /// <summary>Ends what the call is doing and does this instead.</summary>
    public Task<PhoneResult> DoAsync(string callSid, string twiml, CancellationToken cancellationToken) => UpdateAsync(
        callSid, () => new UpdateCallOptions(callSid) { Twiml = new global::Twilio.Types.Twiml(twiml) }, ends: false, cancellationToken);

    /// <summary>Ends what the call is doing and asks there what to do instead.</summary>
    public Task<PhoneResult> AskAsync(string callSid, Uri url, CancellationToken cancellationToken) => UpdateAsync(
        callSid, () => new UpdateCallOptions(callSid) { Url = url, Method = global::Twilio.Http.HttpMethod.Post }, ends: false, cancellationToken);

    /// <summary>The call as Twilio has it.</summary>
    public async Task<PhoneResult<CallStatus>> FetchAsync(string callSid, CancellationToken cancellationToken)
    {
        CallResource? call = null;
        var result = await RetryAsync(
            async () => call = await CallResource.FetchAsync(callSid, client: Client), result => result.Outcome is PhoneOutcome.Unavailable, cancellationToken);
        return result.Ok ? new(result, new CallStatus(IsOver(call!.Status?.ToString()) ? "disconnected" : "connected")) : new(result);
    }

    public void Dispose()
    {
        if (_connected.IsValueCreated) _connected.Value.Http.Dispose();
    }

    /// <summary>Whether a call in this state is over.</summary>
    public static bool IsOver(string? status) => status is "completed" or "busy" or "failed" or "no-answer" or "canceled";

    private async Task<PhoneResult> UpdateAsync(string callSid, Func<UpdateCallOptions> make, bool ends, CancellationToken cancellationToken)
    {
        // Throttled is not done. Of anything else without an answer nobody knows, and a second <Dial> would cut the first.
        var result = await RetryAsync(
            async () => await CallResource.UpdateAsync(make(), Client),
            result => result.Status == StatusCodes.Status429TooManyRequests || ends && result.Outcome is PhoneOutcome.Unavailable, cancellationToken);
        if (result.Outcome is not PhoneOutcome.Unavailable) return result;
        var known = await FetchAsync(callSid, cancellationToken);
        if (known.Outcome is PhoneOutcome.Gone || known.Value?.Ended == true) return ends ? PhoneResult.Success : new PhoneResult(PhoneOutcome.Gone, StatusCodes.Status404NotFound);
        return result;
    }

    private async Task<PhoneResult> RetryAsync(Func<Task> operation, Func<PhoneResult, bool> again, CancellationToken cancellationToken)
    {
        var until = _time.GetUtcNow() + OperationTimeout - AttemptTimeout;
        while (true)
        {
            var result = await TryAsync(operation, cancellationToken);
            if (!again(result) || _time.GetUtcNow() + Pause >= until) return result;
            await Task.Delay(Pause, _time, cancellationToken);
        }
    }

    private static async Task<PhoneResult> TryAsync(Func<Task> operation, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await operation();
            return PhoneResult.Success;
        }
        catch (ApiException exception)
        {
            var result = PhoneResult.Of(exception.Status, exception.Code.ToString(System.Globalization.CultureInfo.InvariantCulture), exception.Message);
            return exception.Code == NotInProgress ? result with { Outcome = PhoneOutcome.Gone } : result;
        }
        catch (Exception exception) when (exception is TwilioException or HttpRequestException or IOException || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return PhoneResult.NoReply(exception.GetBaseException().Message);
        }
    }

    /// <summary>Sends what is meant for Twilio to another address, where one is configured.</summary>
    private sealed class AddressHandler(Uri address) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(address, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
