using System.CommandLine;
using VoiceBridge.ClusterBench;

Option<int> gateways = new("--gateways") { DefaultValueFactory = _ => 10, Description = "Media gateways, each with its share of the calls." };
Option<int> calls = new("--calls") { DefaultValueFactory = _ => 1_000, Description = "Calls in progress, of three minutes each, with a turn every four seconds." };
Option<int> replicas = new("--callcontrols") { DefaultValueFactory = _ => 3, Description = "CallControl replicas." };
Option<int> dashboards = new("--dashboards") { DefaultValueFactory = _ => 1, Description = "Dashboards that follow the cluster." };
Option<int> waiting = new("--waiting") { DefaultValueFactory = _ => 0, Description = "Callers that wait for a slot; the capacity is then exactly the calls." };
Option<int> seconds = new("--seconds") { DefaultValueFactory = _ => 20, Description = "How long is measured, after the calls are there." };
Option<bool> idle = new("--idle") { Description = "Nothing happens in the calls: no turns, and none ends." };
Option<bool> kill = new("--kill") { Description = "One gateway dies when the measuring begins." };

RootCommand root = new("What the cluster costs Redis: CallControl, the gateways' cluster code and dashboards as they are, media left out.")
{
    gateways, calls, replicas, dashboards, waiting, seconds, idle, kill,
};
root.SetAction(async (arguments, cancel) =>
{
    var plan = new Plan(
        arguments.GetValue(gateways), arguments.GetValue(calls), arguments.GetValue(replicas), arguments.GetValue(dashboards), arguments.GetValue(waiting),
        TimeSpan.FromSeconds(arguments.GetValue(seconds)), arguments.GetValue(idle), arguments.GetValue(kill));
    await using var run = await ClusterRun.StartAsync(plan, cancel);
    Console.WriteLine(await run.MeasureAsync(cancel));
});
return await root.Parse(args).InvokeAsync();
