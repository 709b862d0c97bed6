using NetArchTest.Rules;

namespace VoiceBridge.MediaGateway.Tests;

/// <summary>Who may know whom.</summary>
public sealed class ArrowsTests
{
    private const string Callers = "VoiceBridge.MediaGateway.Callers";

    public static TheoryData<string> Phones => ["Acs", "Twilio", "Web"];

    /// <summary>But for what puts the service together, and the warm-up, which calls as ACS does.</summary>
    [Theory, MemberData(nameof(Phones))]
    public void Phone_IsKnownToNobodyOutsideItsFolder(string phone)
    {
        var result = Types.InAssembly(typeof(MediaGatewayApp).Assembly).That()
            .DoNotResideInNamespace($"{Callers}.{phone}").And().DoNotResideInNamespace("VoiceBridge.MediaGateway.WarmUp")
            .And().DoNotHaveNameMatching("^(MediaGatewayApp|GatewayServices|GatewayProtections)$")
            .ShouldNot().HaveDependencyOnAny($"{Callers}.{phone}", $"VoiceBridge.ServiceDefaults.Access.{phone}").GetResult();
        Assert.True(result.IsSuccessful, $"These know a phone: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }

    [Theory]
    [InlineData("Audio")]
    [InlineData("Engines")]
    [InlineData("Agents")]
    [InlineData("Calls")]
    public void WhatCarriesACall_KnowsNoCaller(string folder)
    {
        var result = Types.InAssembly(typeof(MediaGatewayApp).Assembly).That().ResideInNamespace($"VoiceBridge.MediaGateway.{folder}")
            .ShouldNot().HaveDependencyOn(Callers).GetResult();
        Assert.True(result.IsSuccessful, $"These know a caller: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
