using System.Diagnostics;
using System.Text.Json;

namespace VoiceBridge.Local.Joining;

/// <summary>What a service of the user's own needs to join a running local system: its settings, by service.</summary>
internal sealed record JoinInfo
{
    public const string Gateway = "gateway";
    public const string CallControl = "callcontrol";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The process of the local system.</summary>
    public int ProcessId { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Variables of the environment for each service.</summary>
    public Dictionary<string, SortedDictionary<string, string>> Services { get; init; } = [];

    private static string Folder => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "voicebridge");

    private string FilePath => Path.Combine(Folder, $"local-{ProcessId}-{StartedAt.Ticks}.json");

    /// <summary>Leaves it where <see cref="Running"/> finds it. It holds keys: nobody else may read it.</summary>
    public void Write()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Directory.CreateDirectory(Folder);
        File.Delete(FilePath);
        using var file = new FileStream(FilePath, options);
        JsonSerializer.Serialize(file, this, Format);
    }

    /// <summary>The local system has ended.</summary>
    public void Delete() => File.Delete(FilePath);

    /// <summary>The local systems of this user that run now, the newest first. What others left behind when they were killed is removed.</summary>
    public static IReadOnlyList<JoinInfo> Running()
    {
        if (!Directory.Exists(Folder)) return [];
        var running = new List<JoinInfo>();
        foreach (var path in Directory.EnumerateFiles(Folder, "local-*.json"))
        {
            try
            {
                if (JsonSerializer.Deserialize<JoinInfo>(File.ReadAllText(path), Format) is not { } info) continue;
                if (IsRunning(info)) running.Add(info);
                else File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
            {
                // Written or removed at this moment.
            }
        }
        return [.. running.OrderByDescending(info => info.StartedAt)];
    }

    /// <summary>Process ids are used again: the process must be older than what it wrote.</summary>
    private static bool IsRunning(JoinInfo info)
    {
        try
        {
            using var process = Process.GetProcessById(info.ProcessId);
            return !process.HasExited && process.StartTime <= info.StartedAt.LocalDateTime.AddSeconds(1);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
