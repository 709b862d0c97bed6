using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.HttpsPolicy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Telemetry;
using IPNetwork = System.Net.IPNetwork;

namespace VoiceBridge.ServiceDefaults.Ingress;

/// <summary>The request as the client sent it to the ingress, and no request that it sent in the clear.</summary>
internal static class IngressExtensions
{
    public static void AddIngress(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        var development = builder.Environment.IsDevelopment();
        var configuration = builder.Configuration;
        services.AddOptions<IngressOptions>().BindConfiguration(IngressOptions.Section)
            .PostConfigure(options =>
            {
                options.RequireHttps ??= !development;
                // A variable that is set to nothing names nobody.
                options.Proxies = [.. options.Proxies.Where(proxy => !string.IsNullOrWhiteSpace(proxy))];
                // ASP.NET's own switch (ASPNETCORE_FORWARDEDHEADERS_ENABLED), which platforms set for containers that only their ingress reaches.
                if (options.Proxies.Count == 0 && configuration.GetValue("FORWARDEDHEADERS_ENABLED", false)) options.Proxies.Add(IngressOptions.Anybody);
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<IngressOptions>, Validation>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<IngressOptions>>((forwarded, ingress) => Believe(forwarded, ingress.Value));
        services.AddOptions<HstsOptions>().Configure<IOptions<IngressOptions>>((hsts, ingress) => hsts.MaxAge = TimeSpan.FromDays(ingress.Value.HstsDays));
        services.AddSingleton<IStartupFilter, ForwardedHeadersFirst>();
    }

    private static void Believe(ForwardedHeadersOptions forwarded, IngressOptions ingress)
    {
        // Not the host: nothing here needs it, and whoever may name it could pass for somebody else.
        forwarded.ForwardedHeaders = ingress.Proxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.ForwardLimit = ingress.Hops;
        // Loopback is believed by default; empty lists would mean that everybody is.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        if (ingress.Proxies.Contains(IngressOptions.Anybody)) return;
        foreach (var proxy in ingress.Proxies)
        {
            if (IPAddress.TryParse(proxy, out var address)) forwarded.KnownProxies.Add(address);
            else forwarded.KnownIPNetworks.Add(IPNetwork.Parse(proxy));
        }
    }

    /// <summary>Before everything that a service adds itself.</summary>
    private sealed class ForwardedHeadersFirst(IOptions<IngressOptions> options) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            var ingress = options.Value;
            if (ingress.Proxies.Count > 0) app.UseForwardedHeaders();
            if (ingress.RequireHttps is true)
            {
                app.UseHsts();
                if (ingress.Proxies.Count > 0) app.Use(TurnAwayPlainHttp);
            }
            next(app);
        };

        /// <summary>
        /// No redirection: what came in the clear, a key in its address or header, was seen already, and the sender is to notice.
        /// </summary>
        private static Task TurnAwayPlainHttp(HttpContext context, RequestDelegate next)
        {
            // The middleware moves what it believed to this header; without it nobody vouches for how the request came.
            var throughIngress = context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalProtoHeaderName);
            if (context.Request.IsHttps || !throughIngress) return next(context);
            VoiceBridgeTelemetry.Refusals.Add(1, new("entry", "ingress"), new("reason", "plain_http"));
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
    }

    private sealed class Validation : IValidateOptions<IngressOptions>
    {
        public ValidateOptionsResult Validate(string? name, IngressOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
