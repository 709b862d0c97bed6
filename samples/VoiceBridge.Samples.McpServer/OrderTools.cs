using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace VoiceBridge.Samples.McpServer;

/// <summary>What the server offers to models.</summary>
[McpServerToolType]
internal sealed class OrderTools(OrderBook orders)
{
    [McpServerTool(Name = "lookup_order", ReadOnly = true)]
    [Description("Looks up the status of an order by its number. Order numbers have four digits.")]
    public Order LookupOrder([Description("The order number, digits only.")] string number)
    {
        var digits = string.Concat(number.Where(char.IsAsciiDigit));
        return orders.Find(digits) ?? throw new McpException("There is no order with this number.");
    }
}
