using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Upgrades a connection to a media socket: from then on it stays on its socket's thread, and what comes over it is counted.</summary>
internal sealed class BoundedUpgrade(IFeatureCollection features, IHttpUpgradeFeature inner, MediaOptions options, TimeProvider time) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    public async Task<Stream> UpgradeAsync()
    {
        var (stream, early) = (await inner.UpgradeAsync(), Array.Empty<byte>());
        if (features.Get<MediaConnection>() is { } connection)
        {
            connection.StayInline();
            if (features.Get<ITlsConnectionFeature>() is null)
                (stream, early) = connection.Upgrade();
        }
        return new BoundedSocketStream(stream, early, options.MaxBytesPerSecond, options.MaxControlFramesPerSecond, time);
    }
}

internal static class BoundedUpgradeExtensions
{
    /// <summary>Before <c>UseWebSockets</c>, which upgrades by the feature that it finds.</summary>
    public static void UseBoundedUpgrades(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<MediaOptions>>().Value;
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use((context, next) =>
        {
            if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
                context.Features.Set<IHttpUpgradeFeature>(new BoundedUpgrade(context.Features, upgrade, options, time));
            return next(context);
        });
    }
}
