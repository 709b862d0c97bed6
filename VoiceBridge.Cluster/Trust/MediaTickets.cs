using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace VoiceBridge.Cluster.Trust;

/// <summary>
/// Issues and reads media tickets: compact JWEs (RFC 7516, <c>dir</c> with <c>A256GCM</c>). The nonce is an HMAC of the content, so that
/// every replica issues the very same bytes for a call and a repeated answer request is the same request.
/// </summary>
public sealed class MediaTickets
{
    // A ticket is some 600 characters; what is far longer is not ours and not worth the work.
    private const int MaxTokenLength = 8_192;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyIdBytes = 8;
    private const string Malformed = "malformed";

    // Replicas' clocks differ a little; a ticket from further in the future is a clock gone wrong.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private readonly ClusterKeys _cluster;
    private readonly TicketKey[] _keys;
    private readonly TimeProvider _time;

    public MediaTickets(ClusterKeys keys, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(time);
        (_cluster, _time) = (keys, time);
        _keys = [.. keys.DeriveAll("media-ticket").Zip(keys.DeriveAll("media-ticket-nonce"), TicketKey.Of)];
    }

    /// <summary>The ticket as a compact JWE. The same ticket gives the same bytes on every replica.</summary>
    public string Issue(MediaTicket ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        var content = JsonSerializer.SerializeToUtf8Bytes(ToClaims(ticket), TicketJson.Default.TicketClaims);
        // By the ticket's own time: a call that is answered again after another key has taken over gets the same ticket again.
        var key = _keys[_cluster.Signing(ticket.IssuedAt)];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.NonceKey, content, hash);
        var nonce = hash[..NonceBytes];
        var encrypted = new byte[content.Length];
        Span<byte> tag = stackalloc byte[TagBytes];
        using (var aes = new AesGcm(key.Encryption, TagBytes))
            aes.Encrypt(nonce, content, encrypted, tag, Encoding.ASCII.GetBytes(key.Header));
        // header . (no encrypted key: dir) . nonce . ciphertext . tag
        return $"{key.Header}..{Base64Url.EncodeToString(nonce)}.{Base64Url.EncodeToString(encrypted)}.{Base64Url.EncodeToString(tag)}";
    }

    /// <summary>Reads a ticket from outside. Never throws: a bad one comes back as a refusal ("malformed", "unknown key", "tampered", "expired", "not yet valid").</summary>
    public TicketReading Read(string? token)
    {
        if (token is null || token.Length is 0 or > MaxTokenLength) return Refuse(Malformed);
        var parts = token.Split('.');
        if (parts.Length != 5 || parts[1].Length != 0) return Refuse(Malformed);
        // Only headers that we issue are known, so nobody chooses an algorithm for us.
        var key = Array.Find(_keys, k => k.Header == parts[0]);
        if (key is null) return Refuse("unknown key");
        if (Decode(parts[2]) is not { Length: NonceBytes } nonce || Decode(parts[3]) is not { } encrypted || Decode(parts[4]) is not { Length: TagBytes } tag)
            return Refuse(Malformed);
        var content = new byte[encrypted.Length];
        try
        {
            using var aes = new AesGcm(key.Encryption, TagBytes);
            aes.Decrypt(nonce, encrypted, tag, content, Encoding.ASCII.GetBytes(key.Header));
        }
        catch (CryptographicException)
        {
            return Refuse("tampered");
        }

        return Check(content);
    }

    private TicketReading Check(byte[] content)
    {
        MediaTicket ticket;
        try
        {
            if (JsonSerializer.Deserialize(content, TicketJson.Default.TicketClaims) is not { CallId: not null, CorrelationId: not null } claims)
                return Refuse(Malformed);
            ticket = FromClaims(claims);
        }
        catch (Exception e) when (e is JsonException or ArgumentOutOfRangeException)
        {
            return Refuse(Malformed);
        }

        var now = _time.GetUtcNow();
        if (ticket.ExpiresAt <= now) return Refuse("expired");
        if (ticket.IssuedAt > now + ClockSkew) return Refuse("not yet valid");
        return new TicketReading(ticket, null);
    }

    private static TicketReading Refuse(string why) => new(null, why);

    // Only the one spelling that we issue: base64url leaves bits unused at the end, which could be changed unnoticed.
    private static byte[]? Decode(string text)
    {
        if (!Base64Url.IsValid(text)) return null;
        var bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes) == text ? bytes : null;
    }

    private static TicketClaims ToClaims(MediaTicket ticket) => new()
    {
        CallId = ticket.CallId,
        CorrelationId = ticket.CorrelationId,
        CallerId = ticket.CallerId,
        CalledNumber = ticket.CalledNumber,
        Type = ticket.Type,
        Agent = ticket.Agent,
        IssuedAt = ticket.IssuedAt.ToUnixTimeSeconds(),
        ExpiresAt = ticket.ExpiresAt.ToUnixTimeSeconds(),
        TraceParent = ticket.TraceParent,
    };

    private static MediaTicket FromClaims(TicketClaims claims) => new()
    {
        CallId = claims.CallId!,
        CorrelationId = claims.CorrelationId!,
        CallerId = claims.CallerId ?? "",
        CalledNumber = claims.CalledNumber ?? "",
        Type = claims.Type ?? "acs",
        Agent = claims.Agent,
        IssuedAt = DateTimeOffset.FromUnixTimeSeconds(claims.IssuedAt),
        ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt),
        TraceParent = claims.TraceParent,
    };

    private sealed record TicketKey(byte[] Encryption, byte[] NonceKey, string Header)
    {
        public static TicketKey Of(byte[] encryption, byte[] nonceKey)
        {
            var id = Base64Url.EncodeToString(HMACSHA256.HashData(encryption, "kid"u8).AsSpan(0, KeyIdBytes));
            var header = $$"""{"alg":"dir","enc":"A256GCM","kid":"{{id}}","typ":"JWT"}""";
            return new TicketKey(encryption, nonceKey, Base64Url.EncodeToString(Encoding.ASCII.GetBytes(header)));
        }
    }
}
