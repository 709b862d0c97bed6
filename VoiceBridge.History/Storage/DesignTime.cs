using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace VoiceBridge.History.Storage;

/// <summary>For <c>dotnet ef migrations add</c> (docs/history.md), which never connects.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteHistoryContext>
{
    public SqliteHistoryContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteHistoryContext>().UseSqlite("Data Source=design.db").Options);
}

/// <inheritdoc cref="SqliteDesign"/>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresHistoryContext>
{
    public PostgresHistoryContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresHistoryContext>().UseNpgsql("Host=design").Options);
}
