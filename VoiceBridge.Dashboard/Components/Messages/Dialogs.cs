namespace VoiceBridge.Dashboard.Components.Messages;

/// <summary>Asks questions in a dialog, one at a time. One per circuit; <see cref="DialogHost"/> draws it.</summary>
internal sealed class Dialogs
{
    private TaskCompletionSource<string?>? _answer;

    /// <summary>The question that is asked now.</summary>
    public Question? Current { get; private set; }

    /// <summary><see cref="Current"/> is another one.</summary>
    public event Action? Changed;

    /// <summary>True when the answer was yes.</summary>
    public async Task<bool> ConfirmAsync(Question question) => await AskAsync(question) is not null;

    /// <summary>What was typed, empty without a field; null when the dialog was cancelled.</summary>
    public Task<string?> AskAsync(Question question)
    {
        Close(null);
        _answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Current = question;
        Changed?.Invoke();
        return _answer.Task;
    }

    /// <summary>Ends the dialog with what was typed, or with null.</summary>
    public void Close(string? typed)
    {
        if (_answer is not { } answer) return;
        (_answer, Current) = (null, null);
        Changed?.Invoke();
        answer.TrySetResult(typed);
    }
}
