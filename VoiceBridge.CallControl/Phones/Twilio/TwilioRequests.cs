using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Access.Twilio;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>Tells Twilio's requests from strangers': by their signature, and by the account. Each is read and checked once.</summary>
internal sealed partial class TwilioRequests(
    TwilioSignature signature, IOptions<TwilioOptions> options, Refusals refusals, ILogger<TwilioRequests> logger)
{
    /// <summary>Its name in the metrics.</summary>
    public const string Entry = "twilio";

    private const int BodyLimit = 64 * 1024;
    private const int MaxSignatureLength = 64;
    private const string FormType = "application/x-www-form-urlencoded";
    private static readonly object Read = new();

    /// <summary>Whether the request is Twilio's.</summary>
    public async ValueTask<bool> IsAuthenticatedAsync(HttpContext context) => (await ReadAsync(context)).Form is not null;

    /// <summary>The form of a request of Twilio's about a call; null with what to answer to any other.</summary>
    public async Task<(TwilioForm? Form, IResult Refusal)> AcceptAsync(HttpContext context)
    {
        var (form, status, why) = await ReadAsync(context);
        if (form is not null && form.NamesACall) return (form, Results.Ok());
        if (form is not null) (status, why) = (StatusCodes.Status400BadRequest, "malformed");
        if (refusals.Count(Entry, why)) Log.Refused(logger, context.Request.Path, status, why);
        return (null, Results.StatusCode(status));
    }

    private async Task<Reading> ReadAsync(HttpContext context)
    {
        if (context.Items.TryGetValue(Read, out var known)) return (Reading)known!;
        var reading = await CheckAsync(context);
        context.Items[Read] = reading;
        return reading;
    }

    private async Task<Reading> CheckAsync(HttpContext context)
    {
        if (!options.Value.IsConfigured) return new(null, StatusCodes.Status404NotFound, "not_configured");
        // What cannot be signed is not read.
        if (context.Request.Headers[TwilioSignature.Header] is not [{ Length: > 0 and <= MaxSignatureLength }]) return Stranger;
        if (context.Request.ContentType?.Split(';')[0].Trim().Equals(FormType, StringComparison.OrdinalIgnoreCase) != true)
            return new(null, StatusCodes.Status415UnsupportedMediaType, "malformed");
        var body = await BoundedBody.ReadAsync(context.Request, BodyLimit, context.RequestAborted);
        if (body.Content is not { } content) return new(null, body.Status, body.Reason);
        if (await TwilioForm.ReadAsync(content) is not { } form) return new(null, StatusCodes.Status400BadRequest, "malformed");
        if (!signature.IsWebhook(context, form.All)) return Stranger;
        return Same(form.AccountSid, options.Value.AccountSid!) ? new(form, StatusCodes.Status200OK, "") : new(null, StatusCodes.Status403Forbidden, "another_account");
    }

    private static Reading Stranger => new(null, StatusCodes.Status403Forbidden, "unauthenticated");

    private static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private readonly record struct Reading(TwilioForm? Form, int Status, string Why);

    private static partial class Log
    {
        [LoggerMessage(1601, LogLevel.Warning, "Refused {Path} with {Status}: {Reason}")]
        public static partial void Refused(ILogger logger, PathString path, int status, string reason);
    }
}
