using System.Globalization;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>
/// Addresses of the table of calls and of a call's page, with their filters: they survive a reload and can be sent to a colleague. Callers' numbers are left out:
/// addresses end up in logs of proxies and in histories of browsers.
/// </summary>
internal static class CallsAddress
{
    private const int FewestDigits = 4;
    private static readonly string[] Lists = ["calls", "history"];

    /// <summary>The table with <paramref name="filter"/>, of ended calls or of live ones.</summary>
    public static string Of(bool ended, CallFilter? filter = null)
    {
        filter ??= new CallFilter();
        (string Name, string? Value)[] query =
        [
            ("show", ended ? "ended" : ""), ("state", filter.State), ("gateway", filter.Gateway), ("q", IsNumber(filter.Search) ? "" : filter.Search),
            ("within", filter.Within == 0 ? "" : filter.Within.ToString(CultureInfo.InvariantCulture)),
            ("sort", filter.Sort == CallColumn.Since ? "" : filter.Sort.ToString()), ("order", filter.Descending ? "" : "up"),
        ];
        return WithQuery("/calls", query);
    }

    /// <summary>The page of a call, which leads back to <paramref name="list"/>.</summary>
    public static string OfCall(string callId, string list = "/calls")
    {
        var path = $"/calls/{Uri.EscapeDataString(callId)}";
        return list == "/calls" ? path : WithQuery(path, [("back", list.TrimStart('/'))]);
    }

    /// <summary>The list that a call's page leads back to. Whatever stands in the address, it is a list of this site.</summary>
    public static string Back(string? back) => back is not null && Lists.Any(list => back == list || back.StartsWith(list + "?", StringComparison.Ordinal)) ? "/" + back : "/calls";

    /// <summary>Reads what an address says; anything that cannot be read does not filter.</summary>
    public static CallFilter Read(string? search, string? state, string? gateway, string? within, string? sort, string? order) => new(
        search ?? "", state ?? "", gateway ?? "",
        int.TryParse(within, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= 60 ? minutes : 0,
        Enum.TryParse<CallColumn>(sort, out var column) && Enum.IsDefined(column) ? column : CallColumn.Since,
        order != "up");

    /// <summary>Whether the text is a telephone number or a part of one.</summary>
    public static bool IsNumber(string text) => text.Count(char.IsAsciiDigit) >= FewestDigits && !text.Any(char.IsLetter);

    /// <summary>The path with those parameters that have a value.</summary>
    public static string WithQuery(string path, IEnumerable<(string Name, string? Value)> parameters)
    {
        var query = string.Join('&', parameters.Where(one => !string.IsNullOrEmpty(one.Value)).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }
}
