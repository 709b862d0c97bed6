using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>The conversation of one session, item by item.</summary>
internal sealed class History
{
    private readonly Lock _gate = new();
    private readonly List<SimulatedItem> _items = [];
    private int _ids;

    internal IReadOnlyList<SimulatedItem> Items
    {
        get
        {
            lock (_gate) return [.. _items];
        }
    }

    /// <summary>The words of the caller's last turn, or of the text that stands for it.</summary>
    internal string? LastSaid
    {
        get
        {
            lock (_gate) return _items.FindLast(i => i.Role == "user")?.Text;
        }
    }

    internal string NewId() => $"item_{Interlocked.Increment(ref _ids)}_{Random.Shared.Next():x8}";

    internal SimulatedItem? Find(string? id)
    {
        lock (_gate) return _items.Find(i => i.Id == id);
    }

    /// <summary>Adds it behind another one, or at the end. Returns the id before it.</summary>
    internal string? Add(SimulatedItem item, string? after = null)
    {
        lock (_gate)
        {
            var at = after switch { null => _items.Count, "root" => 0, _ => _items.FindIndex(i => i.Id == after) + 1 };
            _items.Insert(at, item);
            return at == 0 ? null : _items[at - 1].Id;
        }
    }

    internal bool Remove(string? id)
    {
        lock (_gate) return _items.RemoveAll(i => i.Id == id) > 0;
    }

    /// <summary>The item as events show it.</summary>
    internal static JsonObject Describe(SimulatedItem item, string status = "completed")
    {
        var shown = new JsonObject { ["id"] = item.Id, ["object"] = "realtime.item", ["type"] = item.Type, ["status"] = status };
        switch (item.Type)
        {
            case "function_call":
                shown["name"] = item.Name;
                shown["call_id"] = item.CallId;
                shown["arguments"] = status == "in_progress" ? "" : item.Text;
                break;
            case "function_call_output":
                shown["call_id"] = item.CallId;
                shown["output"] = item.Text;
                break;
            default:
                shown["role"] = item.Role;
                shown["content"] = Content(item, status);
                break;
        }
        return shown;
    }

    private static JsonArray Content(SimulatedItem item, string status) => (item.Role, item.FromClient) switch
    {
        ("assistant", false) when status == "in_progress" => [],
        ("assistant", false) when item.TextOnly => [new JsonObject { ["type"] = "text", ["text"] = item.Text }],
        ("assistant", false) => [new JsonObject { ["type"] = "audio", ["transcript"] = item.Text }],
        ("assistant", true) => [new JsonObject { ["type"] = "text", ["text"] = item.Text }],
        (_, true) => [new JsonObject { ["type"] = "input_text", ["text"] = item.Text }],
        _ => [new JsonObject { ["type"] = "input_audio", ["audio"] = null, ["transcript"] = null }],
    };
}
