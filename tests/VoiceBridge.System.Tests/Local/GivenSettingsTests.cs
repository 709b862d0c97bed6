using VoiceBridge.Local;
using VoiceBridge.Local.Settings;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Local;

/// <summary>What a user sets reaches the services, and what is wrong with it is said in a line.</summary>
public sealed class GivenSettingsTests(RedisServers servers) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("voicebridge-given-");
    private readonly List<string> _reported = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_command_line_is_stronger_than_the_file()
    {
        Write("""{ "Admission": { "RingSeconds": 7, "Headroom": 0.2 } } // a comment""");

        var given = Read("Admission:RingSeconds=9", "Agents__default__Greeting=a=b");

        Assert.Equal(("9", "0.2", "a=b"), (given["Admission:RingSeconds"], given["Admission:Headroom"], given["Agents:default:Greeting"]));
    }

    [Theory]
    [InlineData("Admission:RingSecond=9", "Admission:RingSecond is not a setting; Admission has Headroom, RingSeconds.")]
    [InlineData("VoiceLive:Endpoints:0:Modell=x", "VoiceLive:Endpoints:0:Modell is not a setting; VoiceLive:Endpoints:0 has")]
    [InlineData("Nonsense:It=is", "Nonsense:It is not a setting; docs/configuration.md has all of them.")]
    [InlineData("Nonsense", "--set Nonsense: give a name and a value, Name=Value.")]
    public void What_nobody_reads_is_named(string set, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<LocalStartException>(() => Read(set)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_no_json_is_named_with_the_line()
    {
        Write("{\n  \"Admission\": {\n    \"RingSeconds\" 7 } }");

        var message = Assert.Throws<LocalStartException>(() => Read()).Message;

        Assert.StartsWith("voicebridge.json: ", message, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 2", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public async Task A_changed_file_counts_for_the_next_call_and_a_broken_one_changes_nothing()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Given = Read() });

        Write("""{ "Agents": { "default": { "Greeting": "How can I help you?" } } }""");
        await GreetedAsync("How can I help you?");

        Write("""{ "Agents": { "default": { "Greeting": "Hello, this """);
        await Eventually.True(() => _reported.Count > 0, Systems.Deadline, "the broken file to be reported");
        Assert.StartsWith("voicebridge.json cannot be read, the former settings stay: ", _reported[0], StringComparison.Ordinal);
        await GreetedAsync("How can I help you?");

        Task GreetedAsync(string words) => Eventually.True(
            async () =>
            {
                var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Silent });
                await call.HeardAsync(1);
                await call.HangUpAsync();
                return call.Heard[0].Text == words;
            },
            Systems.Deadline, $"a call to be greeted with '{words}'");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mistake_in_a_setting_is_a_sentence_whoever_reads_it(bool processes)
    {
        var start = Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Given = Read("Agents:default:Greting=Hello"), Processes = processes });

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => start);

        var mistakes = refusal is LocalStartException ? refusal.Message : string.Join('\n', SettingsException.MistakesOf(refusal));
        Assert.Contains("Agents:default:Greting is not a setting; there are ", mistakes, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", mistakes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Redis_that_is_not_there_is_named()
    {
        var start = LocalSystem.StartAsync(new LocalOptions { Redis = "127.0.0.1:1" }, Ct);

        var refusal = await Assert.ThrowsAsync<LocalStartException>(() => start);

        Assert.Equal("Redis at 127.0.0.1:1 does not answer. Start one there, or leave --redis out: then one runs in this process.", refusal.Message);
    }

    [Fact]
    public async Task A_Voice_Live_elsewhere_serves_simulated_callers()
    {
        await using var elsewhere = await SimulatedAzure.StartAsync(new SimulatorOptions(), ct: Ct);
        Write($$"""{ "VoiceLive": { "Endpoints": [ { "Name": "mine", "Url": "{{elsewhere.VoiceLiveEndpoint}}", "Model": "gpt-realtime", "Key": "{{elsewhere.Options.VoiceLiveKey}}" } ] } }""");
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Given = Read(), Dashboard = true });

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().Say("What time is it?") });
        await call.HeardAsync(2);

        Assert.Equal((true, false), (system.SimulatedPhone, system.SimulatedAgent));
        Assert.NotEmpty(elsewhere.Sessions);
        Assert.Empty(system.Azure.Sessions);
        Assert.DoesNotContain("This agent is simulated", await TalkPageAsync(system), StringComparison.Ordinal);
        await call.HangUpAsync();
    }

    [Fact]
    public async Task What_is_simulated_is_said_on_the_talk_page_on_each_page_and_in_the_terminal()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Dashboard = true });

        var page = await TalkPageAsync(system);

        Assert.Contains("This agent is simulated", page, StringComparison.Ordinal);
        Assert.Contains("Simulated: phone, agent", page, StringComparison.Ordinal);
        Assert.Equal(2, system.Addresses.Count(row => row.Note.StartsWith("simulated", StringComparison.Ordinal)));
    }

    private static async Task<string> TalkPageAsync(LocalSystem system)
    {
        using var http = new HttpClient { BaseAddress = system.Dashboard };
        return await http.GetStringAsync(new Uri("/talk", UriKind.Relative), Ct);
    }

    private void Write(string text) => File.WriteAllText(Path.Combine(_folder.FullName, GivenSettings.FileName), text);

    private Microsoft.Extensions.Configuration.IConfigurationRoot Read(params string[] set) => GivenSettings.Read(_folder.FullName, set, line =>
    {
        lock (_reported) _reported.Add(line);
    });
}
