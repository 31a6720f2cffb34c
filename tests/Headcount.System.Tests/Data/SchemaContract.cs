using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.SystemTests.Data;

/// <summary>The model and the database agree, on every database.</summary>
public abstract class SchemaContract : DatabaseContract
{
    [Fact]
    public async Task migrations_make_what_the_model_says()
    {
        await using var db = Db.Read();
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Cancellation));
    }

    [Fact]
    public async Task rows_of_every_table_come_back_as_they_were_written()
    {
        var id = await Db.AddEventAsync(row =>
        {
            row.Slug = "club";
            row.FirmCapacity = 110;
            row.OpensAt = Instants.At(1.0 / 7);
            row.ReentryPolicy = "reject";
            row.AlertLevels = [50, 99];
            row.Gates = [new GateRow { Name = "A \"x\"", Position = 1 }];
            row.TicketTypes = [new TicketTypeRow { Name = "VIP", Override = true, Gates = ["A, B", "C"], ValidUntil = Instants.At(9), SingleEntry = true }];
        });
        await Db.AddAsync(
            new User { UserId = "u", Email = "a@example.org", Role = AccountRole.Supervisor, CreatedAt = Instants.Noon },
            new Device { DeviceId = "d", EventId = id, Direction = ScanType.Exit, Scopes = ["scan", "counts"], CreatedAt = Instants.Noon },
            new AlertRow { EventId = id, Kind = "occupancy", Level = 90, RaisedAt = Instants.Noon, From = Instants.At(1), Until = Instants.At(2), Message = "m" },
            new Webhook { EventId = id, Url = "https://example.org", Secret = "s", Topics = ["alert"], CreatedAt = Instants.Noon });
        await Db.AddAsync(new Token { Hash = [1, 2, 3], DeviceId = "d", CreatedAt = Instants.Noon });
        await ReopenAsync();

        await using var db = Db.Read();
        var settings = (await Db.Source.LoadSettingsAsync(id, Cancellation))!;
        Assert.Equal((110, Instants.At(1.0 / 7), true, TimeSpan.FromMinutes(5)), (settings.Rules.FirmCapacity!.Value, settings.Rules.OpensAt!.Value, settings.Rules.RejectRapidReentry, settings.Rules.ReentryWindow));
        Assert.Equal([50, 99], settings.AlertLevels);
        Assert.Equal(["A \"x\""], settings.Rules.Gates);
        Assert.Equal(["A, B", "C"], settings.Rules.TicketTypes["VIP"].Gates.Select(gate => gate.Value));
        Assert.Equal((true, true, Instants.At(9)), (settings.Rules.TicketTypes["VIP"].Override, settings.Rules.TicketTypes["VIP"].SingleEntry, settings.Rules.TicketTypes["VIP"].ValidUntil!.Value));
        Assert.Equal(AccountRole.Supervisor, (await db.Users.SingleAsync(Cancellation)).Role);
        var device = await db.Devices.SingleAsync(Cancellation);
        Assert.Equal((ScanType.Exit, "scan counts"), (device.Direction!.Value, string.Join(' ', device.Scopes)));
        var alert = await db.Alerts.SingleAsync(Cancellation);
        Assert.Equal((Instants.At(1), Instants.At(2)), (alert.From!.Value, alert.Until!.Value));
        Assert.Equal([1, 2, 3], (await db.Tokens.SingleAsync(Cancellation)).Hash);
        Assert.Equal(["alert"], (await db.Webhooks.SingleAsync(Cancellation)).Topics);
        Assert.Null(await Db.Source.LoadSettingsAsync(id + 1, Cancellation));
    }

    [Fact]
    public async Task instants_are_compared_and_sorted_in_the_database()
    {
        var (early, late) = (Instants.At(-1_000_000), Instants.At(1));
        await Db.AddAsync(new User { UserId = "late", CreatedAt = late }, new User { UserId = "early", CreatedAt = early });
        await using var db = Db.Read();
        Assert.Equal(["early", "late"], await db.Users.OrderBy(user => user.CreatedAt).Select(user => user.UserId).ToArrayAsync(Cancellation));
        Assert.Equal(["late"], await db.Users.Where(user => user.CreatedAt > early).Select(user => user.UserId).ToArrayAsync(Cancellation));
        Assert.Equal(["early"], await db.Users.Where(user => user.CreatedAt <= Instants.Noon).Select(user => user.UserId).ToArrayAsync(Cancellation));
    }

    [Fact]
    public async Task closed_lists_are_kept_as_their_words()
    {
        var id = await Db.AddEventAsync();
        await Db.AddAsync(new TicketRow { EventId = id, TicketId = "T", Status = TicketStatus.Revoked, CreatedAt = Instants.Noon, UpdatedAt = Instants.Noon });
        await Db.AddAsync(new User { UserId = "u", Role = AccountRole.Organiser, CreatedAt = Instants.Noon });
        await using var db = Db.Read();
        Assert.Equal(["revoked"], await Sql.RowsAsync(db, "SELECT status FROM tickets"));
        Assert.Equal(["organiser"], await Sql.RowsAsync(db, "SELECT role FROM users"));
    }

    [Theory]
    [InlineData("slug")]
    [InlineData("hash")]
    [InlineData("email")]
    [InlineData("user of a ticket")]
    public async Task what_is_unique_or_referred_to_is_kept_so(string what)
    {
        var id = await Db.AddEventAsync(row => row.Slug = "club");
        await Db.AddAsync(new User { UserId = "u", Email = "a@example.org", CreatedAt = Instants.Noon }, new Token { Hash = [1], Name = "t", CreatedAt = Instants.Noon });
        object second = what switch
        {
            "slug" => OpenDatabase.NewEvent("club"),
            "hash" => new Token { Hash = [1], CreatedAt = Instants.Noon },
            "email" => new User { UserId = "v", Email = "a@example.org", CreatedAt = Instants.Noon },
            _ => new TicketRow { EventId = id, TicketId = "T", UserId = "nobody", CreatedAt = Instants.Noon, UpdatedAt = Instants.Noon },
        };
        await Assert.ThrowsAsync<DbUpdateException>(() => Db.AddAsync(second));
    }

    [Fact]
    public async Task a_change_that_throws_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Db.WriteAsync<int>(async (db, cancellation) =>
        {
            db.Add(new User { UserId = "u", CreatedAt = Instants.Noon });
            await db.SaveChangesAsync(cancellation);
            throw new InvalidDataException("no");
        }));
        await using var db = Db.Read();
        Assert.Empty(await db.Users.ToArrayAsync(Cancellation));
    }

    [Fact]
    public async Task a_database_that_answers_passes_its_check()
    {
        await Db.Database.CheckAsync(Cancellation);
        Assert.DoesNotContain("assword", Db.Database.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_second_server_is_told_who_has_the_database()
    {
        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => OpenAsync(Options with { }));
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Stop it first", refused.Message, StringComparison.Ordinal);
        await ReopenAsync();
    }

    [Theory]
    [InlineData("WHERE ticket_id = 'T1' AND scan_time > '2025-09-30 10:00:00'", "ix_scan_log_ticket")]
    [InlineData("WHERE ticket_id = 'T1' ORDER BY scan_time DESC LIMIT 1", "ix_scan_log_ticket")]
    [InlineData("WHERE scan_time >= '2025-09-30' AND scan_time < '2025-10-01'", "ix_scan_log_time")]
    public async Task scans_are_found_by_index(string where, string index)
    {
        var id = await Db.AddEventAsync();
        await Db.Log.AppendAsync(id, [.. Enumerable.Range(1, 5_000).Select(i => GeneratedEntries.Plain(i, secondsApart: 600))], Cancellation);
        await AnalyzeAsync();
        await using var db = Db.Read();
        var plan = string.Join('\n', await Sql.RowsAsync(db, $"{Explain} SELECT * FROM scans {where}"));
        Assert.Contains(index, plan, StringComparison.Ordinal);
    }

    protected abstract string Explain { get; }

    private Task<int> AnalyzeAsync() => Db.WriteAsync((db, cancellation) => Sql.RunAsync(db, "ANALYZE scan_log", cancellation));
}

public sealed class SqliteSchemaTests : SchemaContract
{
    protected override string Explain => "EXPLAIN QUERY PLAN";

    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Folder });
}

public sealed class PostgresSchemaTests : SchemaContract
{
    protected override string Explain => "EXPLAIN";

    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };
}
