using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VoiceBridge.History.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class WordsByIndex : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The planner takes the table for small, since it does not count what it costs to unpack the words of each call: it would rather look through all of them than use their index.
            migrationBuilder.Sql(
                """
                CREATE FUNCTION calls_with_words(wanted text) RETURNS SETOF bigint LANGUAGE sql STABLE SET enable_seqscan = off
                AS $$ SELECT id FROM call_words WHERE words @@ plainto_tsquery('simple', wanted) $$;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP FUNCTION calls_with_words(text)");
        }
    }
}
