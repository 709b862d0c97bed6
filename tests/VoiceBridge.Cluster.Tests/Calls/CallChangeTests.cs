using System.Reflection;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Cluster.Tests.Calls;

/// <summary>Two changes put together say what both say one after the other.</summary>
public sealed class CallChangeTests
{
    [Fact]
    public void NothingOfEither_IsForgotten()
    {
        var full = Full(1);

        Assert.Equivalent(full, CallChange.None.Then(full));
        Assert.Equivalent(full, full.Then(CallChange.None));
    }

    [Fact]
    public void IdsAreTheLater_WhatHappensOnceIsTheFirst_CountersAdd()
    {
        var (first, later) = (Full(1), Full(2));

        var both = first.Then(later);

        Assert.Equivalent(
            later with
            {
                EndReason = first.EndReason,
                AnsweredAt = first.AnsweredAt,
                ConnectedAt = first.ConnectedAt,
                FirstAudioAt = first.FirstAudioAt,
                EndedAt = first.EndedAt,
                FirstAudioMs = first.FirstAudioMs,
                TurnLatencies = 3,
                TurnLatencyTotalMs = 3,
                Turns = 3,
                Interruptions = 3,
                ToolCalls = 3,
                InputTokens = 3,
                OutputTokens = 3,
                Cost = 3,
            },
            both);
    }

    // By reflection, so that a property that comes later is not forgotten.
    private static CallChange Full(int value)
    {
        var change = new CallChange();
        foreach (var property in typeof(CallChange).GetProperties(BindingFlags.Public | BindingFlags.Instance))
            property.SetValue(change, Value(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, value));
        return change;
    }

    private static object Value(Type type, int value) => type switch
    {
        _ when type == typeof(string) => $"{value}",
        _ when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddDays(value),
        _ when type == typeof(RecoveryPosition) => new RecoveryPosition(RecoveryStep.Opening, value, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
        { IsEnum: true } => Enum.ToObject(type, value),
        _ => Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture),
    };
}
