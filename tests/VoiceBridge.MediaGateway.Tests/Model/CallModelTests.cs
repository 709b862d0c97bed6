using CsCheck;

namespace VoiceBridge.MediaGateway.Tests.Model;

/// <summary>
/// All orders explored: the real loop, agent, scheduler, keeper and uplink against a service that chooses, run after run, what to do and how late. Every build
/// tries the same calls; <c>eng/model.sh</c> searches on, and prints the seed with which CsCheck repeats a failure.
/// </summary>
public sealed class CallModelTests
{
    private const int KnownCalls = 500;
    private const int LongRun = 100_000;

    private static readonly Gen<((int, int)[] Script, byte[] Choices)> Calls = Gen.Select(
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 150]).Array[0, 12], Gen.Byte.Array[0, 160]);

    [Fact(Explicit = true)]
    public void EveryCall_IsAnsweredOrGivenUpAloud_AndEnds() => Calls.Sample(
        input =>
        {
            using var call = new ModelCall(input.Script, input.Choices);
            call.Run();
        },
        iter: int.TryParse(Environment.GetEnvironmentVariable("CsCheck_Iter"), out var runs) ? runs : LongRun,
        threads: 2);

    [Fact]
    public void KnownCalls_AreAnsweredOrGivenUpAloud_AndEnd() => Parallel.For(0, KnownCalls, new ParallelOptions { MaxDegreeOfParallelism = 2 }, number =>
    {
#pragma warning disable CA5394 // The same calls in every build.
        var random = new Random(number);
        var script = Enumerable.Range(0, random.Next(13)).Select(_ => (random.Next(6), random.Next(1, 151))).ToArray();
        var choices = new byte[random.Next(161)];
        random.NextBytes(choices);
#pragma warning restore CA5394
        using var call = new ModelCall(script, choices);
        call.Note($"call {number}");
        call.Run();
    });

    [Theory]
    [InlineData("8IBl_xRtP8n1")]
    [InlineData("6LG_mKAUFK71")]
    [InlineData("fBDF6O0v2yp1")]
    [InlineData("ei3BehMs47_1")]
    [InlineData("bekhO93NTiq2")]
    [InlineData("5574BROTGvl2")]
    [InlineData("b0pWI2rHcw_1")]
    public void CallThatOnceWentWrong_GoesWell(string seed) => Calls.Sample(
        input =>
        {
            using var call = new ModelCall(input.Script, input.Choices);
            call.Run();
        },
        seed: seed, iter: 1, threads: 1);

    [Fact]
    public void CallThatGoesWell_EndsAsSilent_AfterBothQuestions()
    {
        using var call = new ModelCall([(0, 40), (0, 40)], []);
        call.Run();

        Assert.Equal("silent", call.Ended?.Code);
    }
}
