using Microsoft.AspNetCore.Components;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Dashboard.Snapshots;
using VoiceBridge.Dashboard.Presentation;

namespace VoiceBridge.Dashboard.Components.Parts;

/// <summary>A component that shows the cluster: rendered anew with each snapshot.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private bool _disposed;

    [Inject] private ISnapshotSource Source { get; set; } = null!;

    [Inject] private TimeProvider Clock { get; set; } = null!;

    [Inject] private protected Viewer Viewer { get; private set; } = null!;

    private protected ClusterSnapshot Snapshot { get; private set; } = ClusterSnapshot.Empty;

    /// <summary>The moment that ages are counted to: now, or when the snapshot went stale.</summary>
    private protected DateTimeOffset Now => Snapshot.StaleSince ?? Clock.GetUtcNow();

    protected override void OnInitialized()
    {
        Snapshot = Source.Current;
        OnSnapshot();
        // A prerendered page is drawn once; only one that has come alive listens.
        if (!RendererInfo.IsInteractive) return;
        Source.Changed += Show;
        Source.Announced += Hear;
        Viewer.Changed += StateHasChanged;
    }

    /// <summary>Called with each snapshot before it is rendered, on the renderer's thread.</summary>
    private protected virtual void OnSnapshot()
    {
    }

    /// <summary>Called with each announced change, on the renderer's thread.</summary>
    private protected virtual Task OnAnnouncedAsync(ClusterEvent change) => Task.CompletedTask;

    /// <summary>Which announcements this component wants; called on a background thread.</summary>
    private protected virtual bool Wants(ClusterEvent change) => false;

    private void Show(ClusterSnapshot snapshot) => _ = InvokeAsync(() =>
    {
        if (_disposed) return;
        Snapshot = snapshot;
        OnSnapshot();
        StateHasChanged();
    });

    private void Hear(ClusterEvent change)
    {
        if (!_disposed && Wants(change)) _ = InvokeAsync(() => _disposed ? Task.CompletedTask : OnAnnouncedAsync(change));
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _disposed = true;
        Source.Changed -= Show;
        Source.Announced -= Hear;
        Viewer.Changed -= StateHasChanged;
    }
}
