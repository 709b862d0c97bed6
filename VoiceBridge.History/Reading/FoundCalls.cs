using System.Globalization;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Reading;

/// <summary>Some of the calls that a query finds, and where the next page begins: null after the last one.</summary>
public sealed record FoundCalls(IReadOnlyList<EndedCall> Calls, string? Next);

/// <summary>The place of a call in the list: pages follow each other by it, so that none is longer to find than the first.</summary>
internal readonly record struct PageKey(DateTimeOffset RangAt, long Id)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RangAt.UtcTicks}-{Id}");

    public static PageKey? Read(string? text)
    {
        var parts = text?.Split('-');
        return parts is [var ticks, var id]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.UtcTicks
            && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new PageKey(new DateTimeOffset(at, TimeSpan.Zero), number)
            : null;
    }
}
