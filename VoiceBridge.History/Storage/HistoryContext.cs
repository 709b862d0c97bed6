using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace VoiceBridge.History.Storage;

/// <summary>The one model of the history. Names are in snake_case, since SQL of our own and other people's reads them.</summary>
internal abstract class HistoryContext(DbContextOptions options) : DbContext(options)
{
    private const decimal CostUnit = 1_000_000_000m;

    public DbSet<EndedCall> Calls => Set<EndedCall>();

    public DbSet<CallContent> Contents => Set<CallContent>();

    public DbSet<DayCount> DayCounts => Set<DayCount>();

    public DbSet<AccessEntry> Accesses => Set<AccessEntry>();

    public DbSet<StoredSecret> Secrets => Set<StoredSecret>();

    public DbSet<WebhookDelivery> Deliveries => Set<WebhookDelivery>();

    public DbSet<WebhookReceiverRow> Receivers => Set<WebhookReceiverRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
        configurationBuilder.Properties<decimal>().HaveConversion<Billionths>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<EndedCall>(call =>
        {
            call.ToTable("calls");
            call.Property(c => c.Version).IsConcurrencyToken();
            call.HasIndex(c => c.CallId).IsUnique();
            // Lists show the latest first; each filter that picks few calls has an index in that order.
            call.HasIndex(c => new { c.RangAt, c.Id }).IsDescending();
            call.HasIndex(c => new { c.CallerKey, c.RangAt });
            call.HasIndex(c => new { c.CallerEnd, c.RangAt });
            call.HasIndex(c => new { c.Caller, c.RangAt });
            call.HasIndex(c => new { c.Agent, c.RangAt });
            call.HasIndex(c => new { c.EndReason, c.RangAt });
            call.HasIndex(c => c.EndedAt);
        });
        modelBuilder.Entity<CallContent>(content =>
        {
            content.ToTable("call_contents");
            content.HasKey(c => c.Id);
            content.Property(c => c.Id).ValueGeneratedNever();
            content.HasOne<EndedCall>().WithOne().HasForeignKey<CallContent>(c => c.Id).OnDelete(DeleteBehavior.Cascade);
            content.HasIndex(c => c.EndedAt).HasFilter("turns IS NOT NULL");
        });
        modelBuilder.Entity<DayCount>(count =>
        {
            count.ToTable("day_counts");
            count.HasKey(c => new { c.Day, c.Agent, c.Name });
        });
        modelBuilder.Entity<AccessEntry>(entry =>
        {
            entry.ToTable("accesses");
            entry.HasIndex(e => e.At);
            entry.HasIndex(e => e.CallId);
        });
        modelBuilder.Entity<StoredSecret>(secret => secret.ToTable("secrets"));
        modelBuilder.Entity<WebhookDelivery>(delivery =>
        {
            delivery.ToTable("webhook_deliveries");
            delivery.HasOne<EndedCall>().WithMany().HasForeignKey(d => d.CallRow).OnDelete(DeleteBehavior.Cascade);
            delivery.HasIndex(d => new { d.CallRow, d.Receiver }).IsUnique();
            delivery.HasIndex(d => new { d.Receiver, d.NextAt }).HasFilter("gave_up_at IS NULL");
            delivery.HasIndex(d => d.StartedAt);
        });
        modelBuilder.Entity<WebhookReceiverRow>(receiver =>
        {
            receiver.ToTable("webhook_receivers");
            receiver.HasKey(r => r.Name);
        });

        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            property.SetColumnName(SnakeCase(property.Name));
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var (i, letter) in name.Index())
        {
            if (char.IsAsciiLetterUpper(letter) && i > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    /// <summary>Times as UTC ticks: both databases compare and index them alike, to the last digit.</summary>
    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    /// <summary>Amounts in billionths, as Redis adds them up: SQLite has no decimals.</summary>
    private sealed class Billionths() : ValueConverter<decimal, long>(amount => (long)decimal.Round(amount * CostUnit), billionths => billionths / CostUnit);
}

/// <summary>The history in a file.</summary>
internal sealed class SqliteHistoryContext(DbContextOptions<SqliteHistoryContext> options) : HistoryContext(options);

/// <summary>The history in PostgreSQL.</summary>
internal sealed class PostgresHistoryContext(DbContextOptions<PostgresHistoryContext> options) : HistoryContext(options);
