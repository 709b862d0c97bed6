using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.MediaGateway.Transcripts;

/// <summary>What was said on a call, in the order it was meant. Transcriptions of the caller come late and out of step with the answers to
/// them, so turns stand where the service's <c>previous_item_id</c> puts them and get their text when it comes. Not thread-safe.</summary>
internal sealed class Conversation(Func<DateTimeOffset> now)
{
    private const int MaxItems = 500;
    private const int MaxToolArguments = 2_000;

    /// <summary>Of a tool's answer; the model that asked has it whole.</summary>
    private const int MaxToolText = 4_000;

    /// <summary>Of all turns together: they lie in Redis while the call lasts.</summary>
    private const int MaxCharacters = 200_000;

    /// <summary>For a tool that ran when another gateway lost the call.</summary>
    private const string UnknownResult = "{\"error\":\"The tool was called. Whether it had its effect is not known: find out before you call it again.\"}";

    private readonly List<ConversationItem> _items = [];
    private readonly Dictionary<string, ConversationItem> _byId = [];
    private readonly Dictionary<string, ConversationItem> _running = [];
    private readonly Dictionary<string, DateTimeOffset> _speechBegan = [];

    /// <summary>The turns that have a text, and behind them the tools that run.</summary>
    public IReadOnlyList<Turn> Turns => [.. _items.Where(item => item.HasText).Concat(_running.Values).Select(item => item.ToTurn())];

    public IReadOnlyList<ConversationItem> Items => _items;

    public ConversationItem? Find(string itemId) => _byId.GetValueOrDefault(itemId);

    /// <summary>Goes on from what another handler knew.</summary>
    public void Restore(IEnumerable<Turn> turns)
    {
        foreach (var turn in turns)
        {
            var item = Append(new ConversationItem(turn.Speaker, turn.At, turn.ItemId, turn.ToolName, turn.ToolArguments));
            item.Add(turn is { Speaker: Speakers.Tool, Text: "" } ? UnknownResult : turn.Text);
            if (turn.Interrupted)
                item.Cut(int.MaxValue);
            item.Settle();
        }
    }

    public void SpeechBegan(string itemId) => _speechBegan[itemId] = now();

    /// <summary>The caller said something; what it was is heard later.</summary>
    public ConversationItem CallerSpoke(string itemId, string? previousItemId)
    {
        if (!_byId.TryGetValue(itemId, out var item))
            return Insert(new ConversationItem(Speakers.Caller, TakeBeginning(itemId), itemId), previousItemId);
        Place(item, previousItemId);
        return item;
    }

    public ConversationItem CallerText(string itemId, string text)
    {
        var item = CallerSpoke(itemId, null);
        item.Set(text);
        item.Settle();
        return item;
    }

    /// <summary>The agent begins or goes on to say something.</summary>
    public ConversationItem AgentSpeaks(string itemId, string delta)
    {
        var item = Find(itemId) ?? Append(new ConversationItem(Speakers.Agent, now(), itemId));
        item.Add(delta);
        return item;
    }

    public ConversationItem AgentSpoke(string itemId, string? text)
    {
        var item = AgentSpeaks(itemId, "");
        if (!string.IsNullOrWhiteSpace(text) && !item.Complete)
            item.Set(text);
        item.MakeComplete();
        return item;
    }

    /// <summary>Where the service says that an item stands.</summary>
    public void Place(string itemId, string? previousItemId)
    {
        if (_byId.TryGetValue(itemId, out var item))
            Place(item, previousItemId);
    }

    /// <summary>The caller heard only the first <paramref name="heardMs"/> of the <paramref name="sentMs"/> of an item that came so far, and
    /// with them its text so far.</summary>
    public ConversationItem? Cut(string itemId, int heardMs, int sentMs)
    {
        if (!_byId.TryGetValue(itemId, out var item))
            return null;
        item.Cut(sentMs == 0 ? 0 : (int)((long)item.ToTurn().Text.Length * heardMs / sentMs));
        return item;
    }

    /// <summary>Keys that the caller pressed.</summary>
    public ConversationItem Keys(string text) => Whole(new ConversationItem(Speakers.Caller, now(), null), text);

    public void ToolStarted(ToolCall call) => _running[call.CallId] = ItemOf(call);

    /// <summary>A tool has answered; its turn stands where the answer came.</summary>
    public void ToolDone(ToolCall call, string output)
    {
        _running.Remove(call.CallId);
        Whole(ItemOf(call), output.Length <= MaxToolText ? output : output[..MaxToolText]);
    }

    /// <summary>Forgets the oldest turns when all are too long together: half of them at once, because what is left is written anew.</summary>
    public void Trim()
    {
        var characters = _items.Sum(item => (long)item.Length);
        if (characters <= MaxCharacters)
            return;
        while (characters > MaxCharacters / 2 && _items is [{ Settled: true } oldest, ..])
        {
            characters -= oldest.Length;
            RemoveFirst();
        }
    }

    /// <summary>The session is gone: what the agent was just saying stays half said.</summary>
    public bool BreakOff()
    {
        var broken = false;
        foreach (var item in _items.Where(item => item is { Speaker: Speakers.Agent, Complete: false }))
        {
            broken |= item.HasText;
            item.Cut(int.MaxValue);
        }
        // Items of another session may have the same ids.
        _byId.Clear();
        _speechBegan.Clear();
        return broken;
    }

    private ConversationItem ItemOf(ToolCall call) =>
        new(Speakers.Tool, now(), null, call.Name, call.Arguments.Length <= MaxToolArguments ? call.Arguments : null);

    /// <summary>A turn that is complete as it comes.</summary>
    private ConversationItem Whole(ConversationItem item, string text)
    {
        Append(item).Add(text);
        item.Settle();
        return item;
    }

    private DateTimeOffset TakeBeginning(string itemId) => _speechBegan.Remove(itemId, out var began) ? began : now();

    private ConversationItem Append(ConversationItem item)
    {
        _items.Add(item);
        if (item.ItemId is not null)
            _byId[item.ItemId] = item;
        while (_items.Count > MaxItems)
            RemoveFirst();
        return item;
    }

    private void RemoveFirst()
    {
        if (_items[0].ItemId is { } gone)
            _byId.Remove(gone);
        _items.RemoveAt(0);
    }

    private ConversationItem Insert(ConversationItem item, string? previousItemId)
    {
        Append(item);
        Place(item, previousItemId);
        return item;
    }

    private void Place(ConversationItem item, string? previousItemId)
    {
        if (previousItemId is null || !_byId.TryGetValue(previousItemId, out var previous) || ReferenceEquals(previous, item))
            return;
        var at = _items.IndexOf(item);
        var after = _items.IndexOf(previous);
        // Only forward errors are mended: turns without an item of the service (keys, tools) may stand between the two.
        if (at > after)
            return;
        _items.RemoveAt(at);
        _items.Insert(_items.IndexOf(previous) + 1, item);
    }
}
