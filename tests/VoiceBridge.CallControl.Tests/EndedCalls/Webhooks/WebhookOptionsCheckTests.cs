using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.EndedCalls.Webhooks;
using VoiceBridge.History.Webhooks;

namespace VoiceBridge.CallControl.Tests.EndedCalls.Webhooks;

public sealed class WebhookOptionsCheckTests
{
    private const string Secret = "whsec_bmV3IGtleSBvZiB0aGUgcmVjZWl2ZXIncyB0ZXN0cw==";

    [Theory]
    [InlineData("https://crm.example/hooks?key=1", false), InlineData("https://8.8.8.8/", false), InlineData("http://crm.internal/", true), InlineData("https://10.0.0.1/", true)]
    public void GoodReceivers_AreTaken(string url, bool allowPrivate) =>
        Assert.Empty(Problems(("Receivers:crm:Url", url), ("Receivers:crm:Secrets:0", Secret), ("Receivers:crm:Secrets:1", Secret), ("AllowPrivate", allowPrivate.ToString())));

    [Theory]
    [InlineData("Receivers:crm:Url", "http://crm.example/", "Webhooks:Receivers:crm:Url must be an https address (http is for")]
    [InlineData("Receivers:crm:Url", "ftp://crm.example/", "Webhooks:Receivers:crm:Url must be an https address.")]
    [InlineData("Receivers:crm:Url", "/hooks", "Webhooks:Receivers:crm:Url must be an")]
    [InlineData("Receivers:crm:Url", "https://169.254.169.254/", "Webhooks:Receivers:crm:Url is not a public address")]
    [InlineData("Receivers:crm:Url", "https://[::ffff:10.0.0.1]/", "Webhooks:Receivers:crm:Url is not a public address")]
    [InlineData("Receivers:crm:Url", "https://me:secret@crm.example/", "Webhooks:Receivers:crm:Url must not hold a user's name")]
    [InlineData("Receivers:crm:Secrets:0", "not base64!", "Webhooks:Receivers:crm:Secrets:0 must be whsec_")]
    [InlineData("Receivers:crm:Secrets:0", "whsec_c2hvcnQ=", "Webhooks:Receivers:crm:Secrets:0 must be whsec_")]
    [InlineData("Receivers:a b:Turns", "true", "Webhooks:Receivers:a b: a receiver's name has")]
    [InlineData("Receivers:bills:Turns", "true", "Webhooks:Receivers:bills:Secrets: between one and 5")]
    [InlineData("Timeout", "00:05:00", "Webhooks:Timeout")]
    [InlineData("MinDelay", "00:00:00", "Webhooks:MinDelay")]
    [InlineData("MaxDelay", "00:00:01", "Webhooks:MaxDelay")]
    [InlineData("GiveUpAfter", "30.00:00:00", "Webhooks:GiveUpAfter")]
    public void EachMistake_IsNamed(string setting, string value, string said) =>
        Assert.Contains(Problems(("Receivers:crm:Url", "https://crm.example/"), ("Receivers:crm:Secrets:0", Secret), (setting, value)), problem => problem.StartsWith(said, StringComparison.Ordinal));

    [Fact]
    public void WithoutAHistory_ThereAreNoWebhooks() => Assert.Contains(
        "ConnectionStrings:history is not set", Assert.Single(Problems(history: false, ("Receivers:crm:Url", "https://crm.example/"), ("Receivers:crm:Secrets:0", Secret))), StringComparison.Ordinal);

    private static IEnumerable<string> Problems(params (string Key, string Value)[] settings) => Problems(history: true, settings);

    private static IEnumerable<string> Problems(bool history, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["ConnectionStrings:history"] = history ? "Data Source=history.db" : null };
        foreach (var (key, value) in settings) all[$"{WebhookOptions.Section}:{key}"] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        var options = configuration.GetSection(WebhookOptions.Section).Get<WebhookOptions>() ?? new WebhookOptions();
        return new WebhookOptionsCheck(configuration).Validate(Options.DefaultName, options).Failures ?? [];
    }
}
