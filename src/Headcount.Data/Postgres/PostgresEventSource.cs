using System.Runtime.CompilerServices;
using Headcount.Core;
using Headcount.Data.Log;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Npgsql;

namespace Headcount.Data.Postgres;

/// <summary>Settings and tickets from PostgreSQL.</summary>
internal sealed class PostgresEventSource(PostgresStore store) : IEventSource
{
    public ValueTask<EventSettings?> LoadSettingsAsync(long eventId, CancellationToken cancellation) => store.LoadSettingsAsync(eventId, cancellation);

    public ValueTask<IReadOnlyList<KeptLease>> LoadLeasesAsync(long eventId, CancellationToken cancellation) => store.LoadLeasesAsync(eventId, cancellation);

    public async IAsyncEnumerable<Ticket> LoadTicketsAsync(long eventId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = store.Source.CreateCommand($"SELECT {TicketColumns.List} FROM tickets WHERE event_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = eventId });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var names = new LogNames();
        while (await rows.ReadAsync(cancellation)) yield return Ticket(rows, names);
    }

    /// <summary>The ticket of the row that a reader is at; its columns are <see cref="TicketColumns.List"/>.</summary>
    public static Ticket Ticket(NpgsqlDataReader row, LogNames names) => new(new TicketId(row.GetString(0)))
    {
        TicketType = names.Get(PostgresLogSql.TextOrNull(row, 1)),
        UserId = PostgresLogSql.TextOrNull(row, 2),
        Status = TicketColumns.ParseStatus(names.Get(row.GetString(3))),
        ValidFrom = PostgresLogSql.TimeOrNull(row, 4),
        ValidUntil = PostgresLogSql.TimeOrNull(row, 5),
        Gates = Array.ConvertAll(row.GetFieldValue<string[]>(6), name => new GateName(name)),
        SingleEntry = row.GetBoolean(7),
    };
}
