using System.Runtime.CompilerServices;
using System.Text.Json;
using Headcount.Core;
using Headcount.Data.Log;
using Headcount.Data.Tickets;
using Headcount.Engine;

namespace Headcount.Data.Sqlite;

/// <summary>Settings and tickets from SQLite.</summary>
internal sealed class SqliteEventSource(IDbReader reader, SqliteReaders readers) : IEventSource
{
    private const int ChunkRows = 4_096;

    private const string Sql = $"SELECT {TicketColumns.List} FROM tickets WHERE event_id = ?1 AND ticket_id > ?2 ORDER BY ticket_id LIMIT ?3";

    public ValueTask<EventSettings?> LoadSettingsAsync(long eventId, CancellationToken cancellation) => reader.LoadSettingsAsync(eventId, cancellation);

    public ValueTask<IReadOnlyList<KeptLease>> LoadLeasesAsync(long eventId, CancellationToken cancellation) => reader.LoadLeasesAsync(eventId, cancellation);

    public async IAsyncEnumerable<Ticket> LoadTicketsAsync(long eventId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = "";
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var from = after;
            var chunk = await Task.Run(() => ReadChunk(eventId, from), cancellation);
            foreach (var ticket in chunk) yield return ticket;
            if (chunk.Count < ChunkRows) yield break;
            after = chunk[^1].TicketId.Value;
        }
    }

    private List<Ticket> ReadChunk(long eventId, string after)
    {
        var rented = readers.Rent();
        try
        {
            using var statement = new SqliteStatement(rented.Connection, Sql);
            var pool = new TextPool();
            statement.Bind(1, eventId);
            statement.Bind(2, after);
            statement.Bind(3, ChunkRows);
            var tickets = new List<Ticket>(ChunkRows);
            while (statement.Step()) tickets.Add(Ticket(statement, pool));
            return tickets;
        }
        finally
        {
            readers.Return(rented);
        }
    }

    /// <summary>The ticket of the row that a statement is at; its columns are <see cref="TicketColumns.List"/>. One that another program wrote in a way that cannot be read opens no gate; it must not keep them all shut.</summary>
    public static Ticket Ticket(SqliteStatement row, TextPool pool)
    {
        try
        {
            return Read(row, pool);
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException)
        {
            return new Ticket(new TicketId(row.Text(0))) { Status = TicketStatus.Revoked };
        }
    }

    private static Ticket Read(SqliteStatement row, TextPool pool) => new(new TicketId(row.Text(0)))
    {
        TicketType = row.Pooled(1, pool),
        UserId = row.TextOrNull(2),
        Status = TicketColumns.ParseStatus(pool.Get(row.Bytes(3))),
        ValidFrom = row.TimeOrNull(4),
        ValidUntil = row.TimeOrNull(5),
        Gates = Gates(row.Bytes(6)),
        SingleEntry = row.Number(7) != 0,
    };

    private static GateName[] Gates(ReadOnlySpan<byte> json) =>
        json.Length <= 2 ? [] : [.. JsonSerializer.Deserialize<string[]>(json)!.Select(name => new GateName(name))];
}
