namespace VoiceBridge.Samples.McpServer;

/// <summary>The shop's orders: a few, that always arrive in the next days.</summary>
internal sealed class OrderBook(TimeProvider time)
{
    public Order? Find(string number) => number switch
    {
        "4711" => new Order(number, "a blue bicycle", "shipped", Day(1)),
        "4712" => new Order(number, "two lamps", "being packed", Day(3)),
        "4713" => new Order(number, "a garden table", "cancelled", null),
        _ => null,
    };

    private DateOnly Day(int fromToday) => DateOnly.FromDateTime(time.GetUtcNow().Date).AddDays(fromToday);
}
