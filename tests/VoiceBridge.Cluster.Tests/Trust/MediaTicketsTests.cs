using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Testing;

namespace VoiceBridge.Cluster.Tests.Trust;

public sealed class MediaTicketsTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly MediaTickets _tickets;

    public MediaTicketsTests() => _tickets = new MediaTickets(TestKeys.Keys(1), _time);

    private static MediaTicket Ticket => new()
    {
        CallId = "0123456789abcdef0123456789abcdef",
        CorrelationId = "8d1c4e6e-0000-4000-8000-1234567890ab",
        CallerId = "+14255550123",
        CalledNumber = "+18005550100",
        Agent = "reception",
        IssuedAt = Now,
        ExpiresAt = Now.AddMinutes(65),
        TraceParent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01",
    };

    [Fact]
    public void Ticket_ComesBackAsItWas() => Assert.Equal(new TicketReading(Ticket, null), _tickets.Read(_tickets.Issue(Ticket)));

    [Fact]
    public void Ticket_HasTheSameBytesOnEveryReplica()
    {
        var other = new MediaTickets(TestKeys.Keys(1), new FakeTimeProvider(Now.AddSeconds(7)));

        Assert.Equal(_tickets.Issue(Ticket), other.Issue(Ticket));
        Assert.NotEqual(_tickets.Issue(Ticket), _tickets.Issue(Ticket with { CallerId = "+14255550124" }));
    }

    [Fact]
    public void Ticket_ShowsNothingOfItsContent()
    {
        var token = _tickets.Issue(Ticket);

        Assert.Matches("^[A-Za-z0-9_.-]+$", token);
        foreach (var part in token.Split('.'))
            Assert.DoesNotContain("4255550123", Encoding.Latin1.GetString(Base64Url.DecodeFromChars(part)), StringComparison.Ordinal);
    }

    // Microsoft.IdentityModel parses it, but decrypts A256GCM on Windows only: the decryption is RFC 7516, 5.2, step by step.
    [Fact]
    public void Ticket_IsAnOrdinaryCompactJwe()
    {
        var token = new JsonWebTokenHandler().ReadJsonWebToken(_tickets.Issue(Ticket));

        Assert.True(token.IsEncrypted);
        Assert.Equal("dir", token.Alg);
        Assert.Equal("A256GCM", token.Enc);
        Assert.NotEmpty(token.Kid);
        Assert.Empty(token.EncryptedKey);
        var parts = _tickets.Issue(Ticket).Split('.');
        var encrypted = Base64Url.DecodeFromChars(parts[3]);
        var content = new byte[encrypted.Length];
        using var aes = new AesGcm(TestKeys.Keys(1).Derive("media-ticket"), 16);
        aes.Decrypt(
            Base64Url.DecodeFromChars(parts[2]),
            encrypted,
            Base64Url.DecodeFromChars(parts[4]),
            content,
            Encoding.ASCII.GetBytes(parts[0]));
        Assert.Equal(Ticket.CallId, JsonDocument.Parse(content).RootElement.GetProperty("sub").GetString());
    }

    [Fact]
    public void Ticket_OfAnOldKeyIsReadUntilThatKeyIsGone()
    {
        var token = _tickets.Issue(Ticket);

        Assert.Equal(Ticket, new MediaTickets(TestKeys.Keys(2, 1), _time).Read(token).Ticket);
        Assert.Equal(new TicketReading(null, "unknown key"), new MediaTickets(TestKeys.Keys(2), _time).Read(token));
    }

    [Fact]
    public void Ticket_EndsAtItsTime()
    {
        var token = _tickets.Issue(Ticket);

        _time.Advance(TimeSpan.FromMinutes(65) - TimeSpan.FromSeconds(1));
        Assert.NotNull(_tickets.Read(token).Ticket);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("expired", _tickets.Read(token).Refusal);
    }

    [Fact]
    public void Ticket_FromTheFutureIsRefused() =>
        Assert.Equal("not yet valid", _tickets.Read(_tickets.Issue(Ticket with { IssuedAt = Now.AddMinutes(6) })).Refusal);

    [Fact]
    public void Ticket_WithAnyCharacterChangedIsRefused()
    {
        var token = _tickets.Issue(Ticket);

        for (var i = 0; i < token.Length; i++)
        {
            foreach (var other in "A_z9")
            {
                if (token[i] == other || token[i] == '.') continue;
                var reading = _tickets.Read(string.Concat(token.AsSpan(0, i), [other], token.AsSpan(i + 1)));
                Assert.Null(reading.Ticket);
                Assert.NotNull(reading.Refusal);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("....")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")]
    public void Reader_RefusesWhatIsNoTicket(string? token) => Assert.NotNull(_tickets.Read(token).Refusal);

    [Fact]
    public void Reader_RefusesWhatIsEncryptedButNoTicket()
    {
        foreach (var content in new[] { "", "null", "[]", "{}", "{\"sub\":1}", "{\"sub\":\"a\",\"cid\":\"b\",\"exp\":999999999999999999}" })
            Assert.Equal("malformed", _tickets.Read(Encrypt(content)).Refusal);
    }

    [Fact, Trait("Category", Fuzz.Category)]
    public void Reader_NeverThrowsWhateverItIsGiven()
    {
        var token = _tickets.Issue(Ticket);
        var header = token[..token.IndexOf('.', StringComparison.Ordinal)];
        var part = Gen.OneOf(Gen.String, Gen.String[Gen.Char.AlphaNumeric, 0, 40], Gen.Const(""));
        var anything = Gen.OneOf(
            Gen.String,
            part.Array[0, 7].Select(parts => string.Join('.', parts)),
            part.Array[4].Select(parts => $"{header}.{string.Join('.', parts)}"),
            part.Array[3].Select(parts => $"{header}..{string.Join('.', parts)}"),
            Gen.Select(Gen.Int[0, token.Length], Gen.Int[0, 50], Gen.String, (at, cut, put) =>
                string.Concat(token.AsSpan(0, at), put, token.AsSpan(Math.Min(token.Length, at + cut)))));

        Fuzz.Run(anything, text =>
        {
            var reading = _tickets.Read(text);
            // Either the very ticket (nothing was changed) or a refusal.
            Assert.True(text == token ? reading.Ticket == Ticket : reading is { Ticket: null, Refusal: not null }, text);
        });
    }

    [Fact]
    public void Tickets_OfAnyContentComeBack()
    {
        var text = Gen.String[Gen.Char['\0', '\ud7ff'], 0, 60];
        Gen.Select(text, text, text, text).Sample((call, correlation, caller, called) =>
        {
            var ticket = Ticket with { CallId = call, CorrelationId = correlation, CallerId = caller, CalledNumber = called, Agent = null };
            return _tickets.Read(_tickets.Issue(ticket)).Ticket == ticket;
        }, iter: 2_000);
    }

    private string Encrypt(string content)
    {
        var header = _tickets.Issue(Ticket).Split('.')[0];
        var nonce = new byte[12];
        var encrypted = new byte[Encoding.UTF8.GetByteCount(content)];
        var tag = new byte[16];
        using var aes = new AesGcm(TestKeys.Keys(1).Derive("media-ticket"), 16);
        aes.Encrypt(nonce, Encoding.UTF8.GetBytes(content), encrypted, tag, Encoding.ASCII.GetBytes(header));
        return $"{header}..{Base64Url.EncodeToString(nonce)}.{Base64Url.EncodeToString(encrypted)}.{Base64Url.EncodeToString(tag)}";
    }
}
