using System.CommandLine;
using VoiceBridge.Soak;

var minutes = new Option<double>("--minutes") { Description = "How long callers come and go between the first and the last measurement.", DefaultValueFactory = _ => 10 };
var warmUp = new Option<double>("--warm-up") { Description = "Seconds of the same before the first measurement.", DefaultValueFactory = _ => 120 };
var rate = new Option<double>("--rate") { Description = "New calls a second.", DefaultValueFactory = _ => 3 };
var root = new RootCommand("Callers come, go, are cut off and refused, for a long time; then nothing may be left of them.") { minutes, warmUp, rate };
// Each by itself: seen from the command, an option that was not given has no default yet.
foreach (var option in new[] { minutes, warmUp, rate })
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<double>() <= 0) result.AddError($"{option.Name} must be more than 0.");
    });
root.SetAction((parsed, cancel) => new SoakRun(
    TimeSpan.FromMinutes(parsed.GetValue(minutes)), TimeSpan.FromSeconds(parsed.GetValue(warmUp)), parsed.GetValue(rate)).RunAsync(cancel));
return await root.Parse(args).InvokeAsync();
