using System.CommandLine;
using VoiceBridge.DashboardBench;

var calls = new Option<int>("--calls") { Description = "Live calls.", DefaultValueFactory = _ => 1_000 };
var gateways = new Option<int>("--gateways") { Description = "Media gateways.", DefaultValueFactory = _ => 10 };
var seconds = new Option<int>("--seconds") { Description = "How long each number of open pages is measured.", DefaultValueFactory = _ => 20 };
var loads = new Option<int>("--loads") { Description = "How often each page is loaded, cold and warm.", DefaultValueFactory = _ => 5 };
var dashboard = new Option<FileInfo>("--dashboard") { Description = "The published VoiceBridge.Dashboard.dll.", Required = true };
var json = new Option<FileInfo?>("--json") { Description = "Where the figures go as JSON." };
var root = new RootCommand("What a page of the dashboard costs, over a cluster that lives.") { calls, gateways, seconds, loads, dashboard, json };
root.Validators.Add(result =>
{
    foreach (var (option, least) in new[] { (calls, 10), (gateways, 1), (seconds, 1), (loads, 1) })
    {
        if (result.GetResult(option) is { } given && given.GetValueOrDefault<int>() < least) result.AddError($"{option.Name} must be {least} at least.");
    }

    if (Browser.Executable is null) result.AddError("Chromium is not installed on this machine (CHROMIUM names it elsewhere).");
});
root.SetAction(async (parsed, cancel) =>
{
    var run = new DashboardRun(parsed.GetValue(calls), parsed.GetValue(gateways), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(loads), parsed.GetRequiredValue(dashboard).FullName);
    var figures = await run.MeasureAsync(cancel);
    Report.Write(figures);
    if (parsed.GetValue(json) is { } file) await Report.SaveAsync(figures, file.FullName, cancel);
    return figures.Wrong.Count == 0 ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
