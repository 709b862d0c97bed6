using System.Globalization;

namespace VoiceBridge.Soak;

/// <summary>What one service holds after all garbage was collected.</summary>
/// <param name="Service">Its name.</param>
/// <param name="HeapKiB">The managed heap.</param>
/// <param name="ResidentKiB">The process's resident memory.</param>
/// <param name="Sockets">Its open sockets, listening ones included.</param>
/// <param name="Timers">Its timers.</param>
internal sealed record Sample(string Service, long HeapKiB, long ResidentKiB, int Sockets, long Timers);

/// <summary>Asks the services for what they hold, through files in a folder of its own. Needs /proc.</summary>
internal sealed class Inspection : IDisposable
{
    /// <summary>Names the folder to the services.</summary>
    public const string FolderVariable = "SOAK_FOLDER";

    /// <summary>How a finished answer's name ends.</summary>
    public const string Answered = ".answer";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("voicebridge-soak-").FullName;
    private int _asked;

    public Inspection()
    {
        // Inherited by the services, which are started after this.
        Environment.SetEnvironmentVariable(FolderVariable, _folder);
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", typeof(Inspection).Assembly.Location);
        // As their images have it (eng/Service.props).
        Environment.SetEnvironmentVariable("MALLOC_ARENA_MAX", "2");
    }

    /// <summary>The file that asks for the <paramref name="number"/>th answer.</summary>
    public static string Order(string folder, int number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number}.order"));

    /// <summary>What each of <paramref name="services"/> processes holds now, by name.</summary>
    /// <exception cref="TimeoutException">One does not answer.</exception>
    public async Task<IReadOnlyList<Sample>> AskAsync(int services, CancellationToken cancel)
    {
        var number = ++_asked;
        await File.WriteAllTextAsync(Order(_folder, number), "", cancel);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Deadline);
        string[] answers;
        do
        {
            await Task.Delay(100, deadline.Token);
            answers = Directory.GetFiles(_folder, string.Create(CultureInfo.InvariantCulture, $"{number}.*{Answered}"));
        }
        while (answers.Length < services);
        return [.. answers.Select(Read).OrderBy(sample => sample.Service, StringComparer.Ordinal)];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Sample Read(string path)
    {
        var process = int.Parse(Path.GetFileName(path).Split('.')[1], CultureInfo.InvariantCulture);
        var fields = File.ReadAllText(path).Split(' ');
        var resident = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return new Sample(
            fields[0],
            long.Parse(fields[1], CultureInfo.InvariantCulture) / 1024,
            long.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture),
            Directory.GetFiles($"/proc/{process}/fd").Count(IsSocket),
            long.Parse(fields[2], CultureInfo.InvariantCulture));
    }

    private static bool IsSocket(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // Closed in this moment.
            return false;
        }
    }
}
