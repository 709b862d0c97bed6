using System.Reflection;
using System.Text.Json;
using VoiceBridge.Benchmarks;

namespace VoiceBridge.MediaGateway.Tests.Allocations;

/// <summary>Holds what the gateway does with a message to the bytes that <c>bench/allocations.json</c> allows.</summary>
public class AllocationTests
{
    private const int Rounds = 1_000;
    private static readonly Dictionary<string, long> Allowed =
        JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "allocations.json")))!;

    public static TheoryData<string> Operations => new(Methods.Select(method => method.Name));

    private static IEnumerable<MethodInfo> Methods =>
        typeof(MediaOperations).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_AllocatesNoMoreThanAllowed(string name)
    {
        var operations = new MediaOperations();
        var operation = typeof(MediaOperations).GetMethod(name)!.CreateDelegate<Func<int>>(operations);
        // The first round compiles, and rents what the pool keeps from then on.
        Run(operation);

        // What an operation allocates it allocates each time; a collection in between may have emptied the pool.
        var allocated = Enumerable.Range(0, 3).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(operation);
            return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        });

        Assert.True(allocated <= Allowed[name], $"{name} allocates {allocated} bytes, {Allowed[name]} are allowed.");
    }

    [Fact]
    public void EveryAllowance_BelongsToAnOperation() =>
        Assert.Equal(Allowed.Keys.Order(), Methods.Select(method => method.Name).Order());

    private static void Run(Func<int> operation)
    {
        for (var round = 0; round < Rounds; round++) operation();
    }
}
