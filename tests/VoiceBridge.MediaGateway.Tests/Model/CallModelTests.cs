using CsCheck;

namespace VoiceBridge.MediaGateway.Tests.Model;

/// <summary>
/// All orders explored: the real loop, agent, scheduler, keeper and uplink against a service that chooses, run after run, what to do and how late. A failure
/// prints the seed with which CsCheck repeats it; <c>CsCheck_Iter</c> sets how many runs there are (<c>eng/model.sh</c> has 100,000).
/// </summary>
public sealed class CallModelTests
{
    private const int Runs = 500;

    private static readonly Gen<((int, int)[] Script, byte[] Choices)> Calls = Gen.Select(
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 150]).Array[0, 12], Gen.Byte.Array[0, 160]);

    [Fact]
    public void EveryCall_IsAnsweredOrGivenUpAloud_AndEnds() => Calls.Sample(
        input =>
        {
            using var call = new ModelCall(input.Script, input.Choices);
            call.Run();
        },
        iter: int.TryParse(Environment.GetEnvironmentVariable("CsCheck_Iter"), out var runs) ? runs : Runs,
        threads: 2);

    [Fact]
    public void CallThatGoesWell_EndsAsSilent_AfterBothQuestions()
    {
        using var call = new ModelCall([(0, 40), (0, 40)], []);
        call.Run();

        Assert.Equal("silent", call.Ended?.Code);
    }
}
