using System.Globalization;

namespace VoiceBridge.AppHost.Tests.Running;

/// <summary>A process, told from a later one with the same id by when it started.</summary>
internal sealed record RunningProcess(int Id, int Parent, string Started, string CommandLine)
{
    public bool IsAlive => ProcessTree.Read(Id)?.Started == Started;
}

/// <summary>The processes that belong to an application under Aspire's orchestrator. From <c>/proc</c>, so on Linux only.</summary>
internal static class ProcessTree
{
    /// <summary>The orchestrator, which detaches itself from the AppHost and watches it, and all that it started.</summary>
    public static IReadOnlyList<RunningProcess> OfApplication(int appHost)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
            .OfType<RunningProcess>().ToArray();
        var children = all.ToLookup(process => process.Parent);
        var found = all.Where(process => process.CommandLine.Contains($" --monitor {appHost} ", StringComparison.Ordinal)).ToList();
        for (var i = 0; i < found.Count; i++) found.AddRange(children[found[i].Id]);
        return [.. found.DistinctBy(process => process.Id)];
    }

    /// <summary>Null when there is none with that id.</summary>
    public static RunningProcess? Read(int id)
    {
        try
        {
            // proc(5): pid (command) state ppid ... and the start time as the 22nd; the command may hold anything.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (fields[0] is "Z" or "X") return null;
            var commandLine = File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
            return new RunningProcess(id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[19], commandLine);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
