namespace VoiceBridge.Dashboard.Components.Messages;

/// <summary>Says what came of an action: a success for a few seconds, a failure until it is closed. One per circuit; <see cref="ToastHost"/> draws them.</summary>
internal sealed class Toasts(TimeProvider time) : IDisposable
{
    private const int MaxShown = 4;
    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(6);
    private readonly Lock _lock = new();
    private readonly List<(Toast Toast, ITimer? Timer)> _toasts = [];

    public IReadOnlyList<Toast> Current
    {
        get
        {
            lock (_lock) return [.. _toasts.Select(entry => entry.Toast)];
        }
    }

    /// <summary><see cref="Current"/> has changed. Called on any thread.</summary>
    public event Action? Changed;

    public void Add(string text, bool failed)
    {
        var toast = new Toast(text, failed);
        lock (_lock)
        {
            if (_toasts.Count == MaxShown) RemoveAt(0);
            _toasts.Add((toast, failed ? null : time.CreateTimer(_ => Close(toast), null, Shown, Timeout.InfiniteTimeSpan)));
        }
        Changed?.Invoke();
    }

    public void Close(Toast toast)
    {
        lock (_lock)
        {
            var index = _toasts.FindIndex(entry => entry.Toast == toast);
            if (index < 0) return;
            RemoveAt(index);
        }
        Changed?.Invoke();
    }

    private void RemoveAt(int index)
    {
        _toasts[index].Timer?.Dispose();
        _toasts.RemoveAt(index);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            while (_toasts.Count > 0) RemoveAt(0);
        }
    }
}
