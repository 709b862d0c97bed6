using Spectre.Console;

namespace VoiceBridge.Local.View;

/// <summary>The first thing that is printed: what runs where.</summary>
internal static class AddressTable
{
    public static void Write(IAnsiConsole console, LocalSystem system)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("what", "where", "");
        foreach (var (what, where, note) in system.Addresses) table.AddRow(new Text(what), new Text(where), new Text(note, new Style(Color.Grey)));
        console.Write(table);
        if (system.SimulatedPhone && system.SimulatedAgent) console.MarkupLine("[grey]Callers and agent are simulated. Your own agent, tools and real services: ./up.sh init, docs/local.md[/]");
        foreach (var note in system.Notes) console.MarkupLineInterpolated($"[yellow]{note}[/]");
    }
}
