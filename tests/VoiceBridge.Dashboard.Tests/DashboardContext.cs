using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Calls;
using VoiceBridge.Dashboard.Components.Messages;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.Dashboard.Snapshots;
using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.Dashboard.Tests;

/// <summary>Renders the dashboard's components over prepared snapshots, without a server.</summary>
internal sealed class DashboardContext : BunitContext
{
    public DashboardContext(ClusterSnapshot snapshot, CallerIdVisibility numbers = CallerIdVisibility.Full)
    {
        Source = new FixedSnapshots(snapshot);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddScoped<Dialogs>();
        Services.AddScoped<Toasts>();
        Services.AddSingleton<ISnapshotSource>(Source);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<ICallTurns>(Said);
        Services.AddScoped<WordSearch>();
        Services.AddScoped<EndedCallReader>();
        Services.AddScoped<Viewer>();
        Services.AddSingleton(Options.Create(new DashboardOptions()));
        Services.AddSingleton(Options.Create(new ClusterOptions()));
        Services.AddSingleton(new CallerIdPrivacy(Options.Create(new PrivacyOptions { CallerId = numbers, HashKey = "test" })));
        User = this.AddAuthorization();
        User.SetAuthorized("Olga Operator");
        User.SetPolicies(Policies.Read, Policies.Act, Policies.ReadTranscripts);
    }

    /// <summary>Whether rendered components believe that they are alive; to be called after all services are added.</summary>
    public DashboardContext Interactive()
    {
        SetRendererInfo(new Microsoft.AspNetCore.Components.RendererInfo("Server", true));
        return this;
    }

    public FixedSnapshots Source { get; }

    /// <summary>What was said in the calls.</summary>
    public SaidTurns Said { get; } = new();

    public BunitAuthorizationContext User { get; }
}
