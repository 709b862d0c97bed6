using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Twilio.Security;
using VoiceBridge.ServiceDefaults.Access.Twilio;

namespace VoiceBridge.ServiceDefaults.Tests.Access;

/// <summary>Against vectors that Twilio's own library for another language has confirmed, an HMAC written anew here, and Twilio's library for this one.</summary>
public sealed class TwilioSignatureTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const string SharedKey = "shared-key-secret";
    private const string SharedKeySettings = "key=SK00000000000000000000000000000004,algorithm=HMAC_SHA256";

    private static readonly TwilioOptions Options = new() { AccountSid = "AC00000000000000000000000000000001", AuthToken = Token, SharedKey = SharedKey };

    private readonly TwilioSignature _signature = new(Microsoft.Extensions.Options.Options.Create(Options));

    public static TheoryData<string, string, string[], string, string?> Vectors => new()
    {
        { "A", "https://cc.example.com/twilio/voice?tenant=7", A(), "cMDOVrZAKCX3x7uPS56q65rqOVo=", "bmiaBsdU/mBW/PVt2JqYAkdBJtTS7+NNikEUxA6PAdo=" },
        {
            "B", "https://cc.example.com/twilio/voice",
            ["CallSid=CA00000000000000000000000000000002", "CallerName=Müller & Söhne", "From=+14255550100", "ForwardedFrom="],
            "X2VvZJF/x00sk3E3CzVxhBNHM0Y=", "IEuiTvQr8N0K5nq6QsTPTrcz5IzBMLp1HOU8diu73Qg="
        },
        { "C", "wss://mg.example.com/twilio/media/9d2f", [], "JinqAh3NnoFsvpF+zUsjkdoJg+M=", "2MBkv9pbYsSQBjDrETHGd6pMNCJ1c2rRJV2G8BS2ThM=" },
        {
            "D", "https://cc.example.com:8443/twilio/status", ["CallSid=CA00000000000000000000000000000002", "CallStatus=completed"],
            "LUdrRpxNDtFt1x3W6n7NgTFimak=", "B6L+ObnHzNx3BwGPwmPXnRVdGrOFLmNaSr2HGThorhA="
        },
        { "E", "https://cc.example.com/twilio/multi", ["X=b", "X=a", "X=b"], "xWZ1v/sJ1Yhb9fro6tPLrtTKpAQ=", null },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_request_of_Twilios_is_told_by_either_signature(string name, string url, string[] form, string sha1, string? sha256)
    {
        Assert.NotEmpty(name);
        Assert.True(_signature.IsValid(url, Form(form), sha1));
        Assert.Equal(sha1, Sha1(Token, url, form));
        if (sha256 is null) return;
        Assert.True(_signature.IsValid(url, Form(form), sha256, SharedKeySettings));
        Assert.Equal(sha256, Sha256(SharedKey, url, form));
        Assert.False(_signature.IsValid(url, Form(form), sha256));
        Assert.False(_signature.IsValid(url, Form(form), sha1, SharedKeySettings));
        Assert.False(_signature.IsValid(url, Form(form), sha256, "key=SK1,algorithm=HMAC_MD5"));
    }

    [Fact]
    public void A_body_that_is_no_form_is_told_by_its_hash_in_the_address()
    {
        const string Url = "https://cc.example.com/twilio/json?bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
        const string Signature = "Fb6wTDuowaeH04xzwUNxPUrkUhc=";
        Assert.True(_signature.IsValid(Url, [], Signature, body: """{"a":1}"""u8.ToArray()));
        Assert.False(_signature.IsValid(Url, [], Signature, body: """{"a":2}"""u8.ToArray()));
        Assert.False(_signature.IsValid("https://cc.example.com/twilio/json", [], Sha1(Token, "https://cc.example.com/twilio/json", []), body: """{"a":1}"""u8.ToArray()));
    }

    [Fact]
    public void A_parameter_that_was_changed_or_left_out_is_noticed()
    {
        Assert.False(_signature.IsValid("https://cc.example.com/twilio/voice?tenant=7", Form(A("+14255550101")), "cMDOVrZAKCX3x7uPS56q65rqOVo="));
        Assert.False(_signature.IsValid(
            "https://cc.example.com/twilio/voice", Form(["CallSid=CA00000000000000000000000000000002", "CallerName=Müller & Söhne", "From=+14255550100"]),
            "X2VvZJF/x00sk3E3CzVxhBNHM0Y="));
        Assert.False(_signature.IsValid("https://cc.example.com/twilio/voice?tenant=8", Form(A()), "cMDOVrZAKCX3x7uPS56q65rqOVo="));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("cMDOVrZAKCX3x7uPS56q65rqOVo")]
    [InlineData("AAAA")]
    public void A_signature_that_is_none_is_refused(string? signature) =>
        Assert.False(_signature.IsValid("https://cc.example.com/twilio/voice?tenant=7", Form(A()), signature));

    [Fact]
    public void The_usual_port_may_be_written_or_left_out()
    {
        const string With = "https://cc.example.com:443/twilio/voice?tenant=7";
        const string Without = "https://cc.example.com/twilio/voice?tenant=7";
        Assert.True(_signature.IsValid(With, Form(A()), Sha1(Token, Without, A())));
        Assert.True(_signature.IsValid(Without, Form(A()), Sha1(Token, With, A())));
        Assert.True(_signature.IsValid("wss://mg.example.com/m", [], Sha1(Token, "wss://mg.example.com:443/m", [])));
        Assert.True(_signature.IsValid("https://[::1]/m", [], Sha1(Token, "https://[::1]:443/m", [])));
        Assert.True(_signature.IsValid("https://[::1]:443/m", [], Sha1(Token, "https://[::1]/m", [])));
        Assert.False(_signature.IsValid(Without, Form(A()), Sha1(Token, "https://cc.example.com:444/twilio/voice?tenant=7", A())));
    }

    [Fact]
    public void The_next_token_is_accepted_beside_the_current_one_and_no_other()
    {
        var changing = new TwilioSignature(Microsoft.Extensions.Options.Options.Create(new TwilioOptions
        {
            AuthToken = Token, AuthTokenNext = "next-token-next-token", SharedKey = SharedKey, SharedKeyNext = "next-shared-key-secret",
        }));
        const string Url = "https://cc.example.com/twilio/status";
        string[] form = ["CallSid=CA2"];
        Assert.True(changing.IsValid(Url, Form(form), Sha1(Token, Url, form)));
        Assert.True(changing.IsValid(Url, Form(form), Sha1("next-token-next-token", Url, form)));
        Assert.True(changing.IsValid(Url, Form(form), Sha256("next-shared-key-secret", Url, form), SharedKeySettings));
        Assert.False(changing.IsValid(Url, Form(form), Sha1("another-token", Url, form)));
        Assert.False(_signature.IsValid(Url, Form(form), Sha1("next-token-next-token", Url, form)));
        // A key that is not configured is not the empty key.
        var sha1Only = new TwilioSignature(Microsoft.Extensions.Options.Options.Create(new TwilioOptions { AuthToken = Token }));
        Assert.False(sha1Only.IsValid(Url, Form(form), Sha256("", Url, form), SharedKeySettings));
    }

    [Fact]
    public void The_address_is_the_configured_one_whatever_host_the_request_names()
    {
        var signature = new TwilioSignature(Microsoft.Extensions.Options.Options.Create(new TwilioOptions
        {
            AuthToken = Token, PublicUrl = new("https://cc.example.com"), MediaUrl = new("wss://mg.example.com/"),
        }));
        var context = new DefaultHttpContext();
        context.Request.Host = new("attacker.example.com");
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = "/twilio/voice?tenant=7";
        context.Request.Headers["x-twilio-signature"] = "cMDOVrZAKCX3x7uPS56q65rqOVo=";
        Assert.True(signature.IsWebhook(context, Form(A())));
        context.Request.Headers["x-twilio-signature"] = new StringValues(["cMDOVrZAKCX3x7uPS56q65rqOVo=", "cMDOVrZAKCX3x7uPS56q65rqOVo="]);
        Assert.False(signature.IsWebhook(context, Form(A())));

        context.Features.Get<IHttpRequestFeature>()!.RawTarget = "/twilio/media/9d2f";
        context.Request.Headers["x-twilio-signature"] = "JinqAh3NnoFsvpF+zUsjkdoJg+M=";
        Assert.True(signature.IsMediaSocket(context));
        Assert.False(signature.IsWebhook(context, []));
    }

    [Fact]
    public void Twilios_own_validator_agrees_on_a_thousand_requests()
    {
        var random = new Random(20261128);
        var theirs = new RequestValidator(Token);
        var valid = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var port = random.Next(4) switch { 0 => ":443", 1 => $":{random.Next(1024, 60000)}", _ => "" };
            var url = $"https://h{random.Next(99)}.example.com{port}/{Text(random, "abc-_.~/%20", 12)}{(random.Next(2) == 0 ? "" : "?" + Text(random, "abc=&+%41", 14))}";
            var form = Enumerable.Range(0, random.Next(8)).ToDictionary(n => $"{Text(random, "AZaz_", 3)}{n}", _ => Text(random, "abc +&=ü€\u4e2d", 9), StringComparer.Ordinal);
            var signature = Sha1(Token, url, [.. form.Select(p => $"{p.Key}={p.Value}")]);
            switch (random.Next(4))
            {
                case 0 when form.Count > 0:
                    form[form.Keys.First()] += "x";
                    break;
                case 1:
                    url += "y";
                    break;
            }

            var ours = _signature.IsValid(url, form.Select(p => KeyValuePair.Create(p.Key, new StringValues(p.Value))), signature);
            Assert.Equal(theirs.Validate(url, form, signature), ours);
            if (ours) valid++;
        }

        Assert.InRange(valid, 400, 900);
    }

    private static string Text(Random random, string letters, int max) =>
        string.Concat(Enumerable.Range(0, random.Next(max)).Select(_ => letters[random.Next(letters.Length)]));

    private static string[] A(string from = "+14255550100") =>
    [
        "AccountSid=AC00000000000000000000000000000001", "ApiVersion=2010-04-01", "CallSid=CA00000000000000000000000000000002", "CallStatus=ringing",
        "Called=+14255550199", "Caller=+14255550100", "Direction=inbound", $"From={from}", "To=+14255550199",
    ];

    private static IEnumerable<KeyValuePair<string, StringValues>> Form(string[] pairs) => pairs.Select(Pair)
        .GroupBy(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal)
        .Select(group => KeyValuePair.Create(group.Key, new StringValues([.. group])));

    private static (string Name, string Value) Pair(string text) => (text[..text.IndexOf('=', StringComparison.Ordinal)], text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]);

    private static string Sha1(string key, string url, string[] form) => Hmac(SHA1.HashData, key, url, form);

    private static string Sha256(string key, string url, string[] form) => Hmac(SHA256.HashData, key, url, form);

    /// <summary>RFC 2104 by hand: H(K xor opad, H(K xor ipad, text)).</summary>
    private static string Hmac(Func<byte[], byte[]> hash, string key, string url, string[] form)
    {
        var data = url;
        var pairs = form.Select(Pair).ToHashSet().ToList();
        pairs.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name) is not 0 and var byName ? byName : string.CompareOrdinal(one.Value, other.Value));
        foreach (var (name, value) in pairs) data += name + value;
        var padded = new byte[64];
        Encoding.ASCII.GetBytes(key).CopyTo(padded, 0);
        var inner = hash([.. padded.Select(b => (byte)(b ^ 0x36)), .. Encoding.UTF8.GetBytes(data)]);
        return Convert.ToBase64String(hash([.. padded.Select(b => (byte)(b ^ 0x5C)), .. inner]));
    }
}
