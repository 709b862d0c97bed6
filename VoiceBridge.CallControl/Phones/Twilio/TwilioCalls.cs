using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>
/// Which call of ours one of Twilio's is. Its CallSid is known to others (Twilio's console, the caller's own application), and our id is part of the address of the media
/// socket: so it is made under the cluster's key. While keys change there are as many candidates as keys, and the record tells which it is.
/// </summary>
internal sealed class TwilioCalls(ClusterKeys keys, CallStore calls, TimeProvider time)
{
    /// <summary>The type of its callers.</summary>
    public const string Network = "twilio";

    private const string Purpose = "twilio-call";

    /// <summary>The call that rings. <paramref name="rangAt"/>: when it began to, where its address tells.</summary>
    public IncomingCall Ringing(TwilioForm form, string? rangAt = null) => Incoming(form, keys.Derive(Purpose), At(rangAt));

    /// <summary>The call that a request is about, and its record, where one is known.</summary>
    public async Task<(IncomingCall Call, CallRecord? Record)> FindAsync(TwilioForm form, string? rangAt, CancellationToken cancellationToken)
    {
        var candidates = keys.DeriveAll(Purpose).Select(key => Incoming(form, key, At(rangAt))).ToList();
        var records = await RedisFailures.ReadOrNullAsync<IReadOnlyList<CallRecord>>(
            async () => await calls.GetManyAsync([.. candidates.Select(call => call.CallId)], cancellationToken));
        if (records is not [var record, ..]) return (Ringing(form, rangAt), null);
        var known = candidates.First(call => call.CallId == record.CallId);
        // The record has it from the first request: a ticket made of it is the same again.
        return (known with { RangAt = record.RangAt, From = record.From.Length > 0 ? record.From : known.From, To = record.To.Length > 0 ? record.To : known.To }, record);
    }

    /// <summary>Our id of a call. Asks for records only while keys change.</summary>
    public async Task<string> IdOfAsync(string callSid, CancellationToken cancellationToken)
    {
        var ids = keys.DeriveAll(Purpose).Select(key => CallId.Of(callSid, Context(callSid, key))).ToList();
        if (ids.Count == 1) return ids[0];
        var records = await RedisFailures.ReadOrNullAsync<IReadOnlyList<CallRecord>>(async () => await calls.GetManyAsync(ids, cancellationToken));
        return records is [var record, ..] ? record.CallId : CallId.Of(callSid, Context(callSid, keys.Derive(Purpose)));
    }

    /// <summary>The time as it is written into addresses.</summary>
    public static string Text(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static IncomingCall Incoming(TwilioForm form, byte[] key, DateTimeOffset rangAt) => new(
        form.CallSid, Context(form.CallSid, key), null, form.From, form.To, rangAt, Network);

    private static string Context(string callSid, byte[] key) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(callSid)));

    private DateTimeOffset At(string? text)
    {
        var now = time.GetUtcNow();
        return DateTimeOffset.FromUnixTimeSeconds(
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= now.ToUnixTimeSeconds() ? seconds : now.ToUnixTimeSeconds());
    }
}
