using Azure.Core;
using Npgsql;

namespace VoiceBridge.History.Storage;

/// <summary>A token of Entra ID where PostgreSQL asks for a password, as Azure Database for PostgreSQL takes it.</summary>
internal static class EntraIdPassword
{
    private static readonly TokenRequestContext Scope = new(["https://ossrdbms-aad.database.windows.net/.default"]);

    /// <summary>Asked for each connection that is opened; the credential keeps a token until it is about to end.</summary>
    public static void UseEntraId(this NpgsqlDataSourceBuilder source, Func<TokenCredential> credential) => source.UsePasswordProvider(
        _ => credential().GetToken(Scope, CancellationToken.None).Token, async (_, cancellationToken) => (await credential().GetTokenAsync(Scope, cancellationToken)).Token);
}
