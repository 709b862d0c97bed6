using VoiceBridge.RelayBench.Load;

namespace VoiceBridge.RelayBench.Report;

/// <summary>A program to measure: how it is started and how a caller reaches it.</summary>
internal abstract record Subject(string Name)
{
    /// <summary>Starts it, with agents at <paramref name="upstream"/>, and waits until it is ready.</summary>
    public abstract Server Start(LoadPlan plan, Uri upstream);

    /// <summary>Who speaks when; a program that is measured with conversations says so.</summary>
    public virtual Talk TalkOf(Talk asked) => asked;
}

/// <summary>A program that runs: its process, those of ours that help it and are not measured, and its calls.</summary>
internal sealed class Server(MeasuredProcess process, IReadOnlyList<CallerRequest> requests, TimeSpan arrival, params MeasuredProcess[] beside) : IDisposable
{
    public MeasuredProcess Process => process;

    public IReadOnlyList<MeasuredProcess> Beside => beside;

    /// <summary>Its calls begin when this is asked for. Somebody who announces them instead sets <see cref="Announce"/>.</summary>
    public IArrivals Arrivals() => Announce?.Invoke() ?? new EvenArrivals(requests, arrival);

    public Func<IArrivals>? Announce { get; init; }

    /// <summary>What each answer took, by the order of calls, where somebody answers.</summary>
    public Func<IReadOnlyList<double>> Answers { get; init; } = () => [];

    public void Dispose()
    {
        process.Dispose();
        foreach (var helper in beside) helper.Dispose();
    }
}

/// <summary>A relay of this program.</summary>
internal sealed record OwnRelay(string Name, string Kind, string CertificateFile) : Subject(Name)
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public override Server Start(LoadPlan plan, Uri upstream)
    {
        var port = Ports.Free();
        var environment = new Dictionary<string, string> { ["SSL_CERT_FILE"] = CertificateFile };
        if (Kind == "raw-inline") environment[InlineCompletions] = "1";
        string[] arguments = ["relay", Kind, "--port", $"{port}", "--upstream", new Uri(upstream, "/voice-live/realtime").AbsoluteUri];
        var process = MeasuredProcess.Start(typeof(OwnRelay).Assembly.Location, arguments, environment, port, plan.Pinned);
        return new Server(process, [.. Enumerable.Repeat(new CallerRequest(port, "/acs/ws", []), plan.Calls)], plan.Arrival);
    }
}
