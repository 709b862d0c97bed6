using Bunit;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.Dashboard.Components.Messages;
using VoiceBridge.Dashboard.Snapshots;
using Microsoft.Extensions.DependencyInjection;

namespace VoiceBridge.Dashboard.Tests.Messages;

public sealed class MessagesTests
{
    [Fact]
    public void Success_GoesByItselfAndAFailureStays()
    {
        var clock = new FakeTimeProvider();
        using var toasts = new Toasts(clock);
        toasts.Add("Done.", failed: false);
        toasts.Add("Not done.", failed: true);

        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("Not done.", Assert.Single(toasts.Current).Text);
        toasts.Close(toasts.Current[0]);
        Assert.Empty(toasts.Current);
    }

    [Fact]
    public async Task Dialog_KeepsAskingUntilTheAnswerIsValid()
    {
        await using var context = new DashboardContext(ClusterSnapshot.Empty);
        var dialogs = context.Services.GetRequiredService<Dialogs>();
        var host = context.Interactive().Render<DialogHost>();
        var answer = dialogs.AskAsync(new Question("Transfer?", "Somebody is put through.", "Transfer") { Field = "Number", Check = typed => typed.Length == 3 ? null : "Three digits." });

        host.WaitForElement("input").Input("12");
        host.Find("form").Submit();
        Assert.Contains("Three digits.", host.Markup, StringComparison.Ordinal);
        Assert.False(answer.IsCompleted);
        host.Find("input").Input("123");
        host.Find("form").Submit();

        Assert.Equal("123", await answer.WaitAsync(TimeSpan.FromSeconds(30), Xunit.TestContext.Current.CancellationToken));
        host.WaitForAssertion(() => Assert.Empty(host.FindAll("form")));
    }

    [Fact]
    public async Task Dialog_ThatIsClosed_AnswersNo()
    {
        await using var context = new DashboardContext(ClusterSnapshot.Empty);
        var dialogs = context.Services.GetRequiredService<Dialogs>();
        var host = context.Interactive().Render<DialogHost>();
        var answer = dialogs.ConfirmAsync(new Question("Hang up?", "The call ends at once.", "Hang up") { Dangerous = true });

        host.WaitForElement("dialog form");
        await host.Find("dialog").TriggerEventAsync("oncancel", EventArgs.Empty);

        Assert.False(await answer.WaitAsync(TimeSpan.FromSeconds(30), Xunit.TestContext.Current.CancellationToken));
    }
}
