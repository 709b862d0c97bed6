namespace VoiceBridge.Testing.SignIn;

/// <summary>Whom a <see cref="LocalAuthority"/> signs in next, and what is wrong with the token that it gives them.</summary>
public sealed record Person(string Name, params string[] Roles)
{
    public TokenFault Fault { get; init; }
}

/// <summary>What may be wrong with a token.</summary>
public enum TokenFault
{
    None,
    SignedByAStranger,
    ForAnotherApplication,
    FromAnotherTenant,
    FromAnotherIssuer,
    Expired,
    ForAnotherSignIn,
}
