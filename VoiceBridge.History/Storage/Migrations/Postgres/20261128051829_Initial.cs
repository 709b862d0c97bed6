using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace VoiceBridge.History.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "accesses",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    who = table.Column<string>(type: "text", nullable: false),
                    what = table.Column<string>(type: "text", nullable: false),
                    call_id = table.Column<string>(type: "text", nullable: false),
                    count = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accesses", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "calls",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    version = table.Column<int>(type: "integer", nullable: false),
                    call_id = table.Column<string>(type: "text", nullable: false),
                    correlation_id = table.Column<string>(type: "text", nullable: false),
                    caller = table.Column<string>(type: "text", nullable: false),
                    caller_key = table.Column<string>(type: "text", nullable: false),
                    caller_end = table.Column<string>(type: "text", nullable: false),
                    dialled = table.Column<string>(type: "text", nullable: false),
                    phone = table.Column<string>(type: "text", nullable: false),
                    rejected = table.Column<bool>(type: "boolean", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    end_reason = table.Column<string>(type: "text", nullable: false),
                    gateway_id = table.Column<string>(type: "text", nullable: false),
                    trace_id = table.Column<string>(type: "text", nullable: false),
                    rang_at = table.Column<long>(type: "bigint", nullable: false),
                    answered_at = table.Column<long>(type: "bigint", nullable: true),
                    connected_at = table.Column<long>(type: "bigint", nullable: true),
                    first_audio_at = table.Column<long>(type: "bigint", nullable: true),
                    ended_at = table.Column<long>(type: "bigint", nullable: false),
                    duration_ms = table.Column<long>(type: "bigint", nullable: false),
                    first_audio_ms = table.Column<double>(type: "double precision", nullable: true),
                    turns = table.Column<int>(type: "integer", nullable: false),
                    interruptions = table.Column<int>(type: "integer", nullable: false),
                    tool_calls = table.Column<int>(type: "integer", nullable: false),
                    moves = table.Column<int>(type: "integer", nullable: false),
                    transfer = table.Column<string>(type: "text", nullable: false),
                    transfer_outcome = table.Column<string>(type: "text", nullable: false),
                    input_tokens = table.Column<long>(type: "bigint", nullable: false),
                    output_tokens = table.Column<long>(type: "bigint", nullable: false),
                    cost = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_calls", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "day_counts",
                columns: table => new
                {
                    day = table.Column<int>(type: "integer", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_day_counts", x => new { x.day, x.agent, x.name });
                });

            migrationBuilder.CreateTable(
                name: "secrets",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false),
                    box = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_secrets", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "call_contents",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    timeline = table.Column<string>(type: "text", nullable: false),
                    turns = table.Column<string>(type: "text", nullable: true),
                    ended_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_call_contents", x => x.id);
                    table.ForeignKey(
                        name: "FK_call_contents_calls_id",
                        column: x => x.id,
                        principalTable: "calls",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_accesses_at",
                table: "accesses",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_accesses_call_id",
                table: "accesses",
                column: "call_id");

            migrationBuilder.CreateIndex(
                name: "IX_call_contents_ended_at",
                table: "call_contents",
                column: "ended_at",
                filter: "turns IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_calls_agent_rang_at",
                table: "calls",
                columns: new[] { "agent", "rang_at" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_call_id",
                table: "calls",
                column: "call_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_calls_caller_end_rang_at",
                table: "calls",
                columns: new[] { "caller_end", "rang_at" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_caller_key_rang_at",
                table: "calls",
                columns: new[] { "caller_key", "rang_at" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_caller_rang_at",
                table: "calls",
                columns: new[] { "caller", "rang_at" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_end_reason_rang_at",
                table: "calls",
                columns: new[] { "end_reason", "rang_at" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_ended_at",
                table: "calls",
                column: "ended_at");

            migrationBuilder.CreateIndex(
                name: "IX_calls_rang_at_id",
                table: "calls",
                columns: new[] { "rang_at", "id" },
                descending: new bool[0]);

            // The index of words: no table of the model, since each database has its own kind.
            migrationBuilder.Sql(
                """
                CREATE TABLE call_words (id bigint PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE, words tsvector NOT NULL);
                CREATE INDEX ix_call_words_words ON call_words USING gin (words);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TABLE call_words");

            migrationBuilder.DropTable(
                name: "accesses");

            migrationBuilder.DropTable(
                name: "call_contents");

            migrationBuilder.DropTable(
                name: "day_counts");

            migrationBuilder.DropTable(
                name: "secrets");

            migrationBuilder.DropTable(
                name: "calls");
        }
    }
}
