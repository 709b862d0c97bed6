using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace VoiceBridge.CallControl.Tests.EventGrid;

public sealed class WebhookAuthenticationTests
{
    private const string Key = "the-key-of-the-registered-address";

    [Fact]
    public async Task Credential_IsCheckedOnce_ByTheLimitAndTheEndpointTogether()
    {
        var options = new CountedOptions();
        var authentication = new WebhookAuthentication(options, tokens: null!, environment: null!);
        var request = new DefaultHttpContext { Request = { QueryString = new QueryString($"?code={Key}") } };

        Assert.True(await authentication.IsAuthenticatedAsync(request));
        Assert.Equal((WebhookEntry.Full, null), await authentication.CheckAsync(request));
        Assert.Equal(1, options.Reads);

        Assert.False(await authentication.IsAuthenticatedAsync(new DefaultHttpContext { Request = { QueryString = new QueryString("?code=another") } }));
    }

    private sealed class CountedOptions : IOptionsMonitor<EventGridOptions>
    {
        private readonly EventGridOptions _options = new() { Keys = { Key } };

        public int Reads { get; private set; }

        public EventGridOptions CurrentValue
        {
            get
            {
                Reads++;
                return _options;
            }
        }

        public EventGridOptions Get(string? name) => _options;

        public IDisposable? OnChange(Action<EventGridOptions, string?> listener) => null;
    }
}
