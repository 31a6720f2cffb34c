using System.Diagnostics.CodeAnalysis;
using System.Text;
using Headcount.Core;
using Headcount.Data.Log;
using Headcount.Data.Tickets;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Headcount.Data.Schema;

/// <summary>A closed list by its lower-case words.</summary>
[SuppressMessage("Globalization", "CA1308", Justification = "The words are lower-case.")]
internal sealed class WordConverter<T>() : ValueConverter<T, string>(value => WordOf(value), word => Parse(word))
    where T : struct, Enum
{
    private static string WordOf(T value) => value.ToString().ToLowerInvariant();

    private static T Parse(string word) => Enum.Parse<T>(word, ignoreCase: true);
}

/// <summary>What a ticket is worth, by its word; see <see cref="TicketColumns.ParseStatus"/>.</summary>
internal sealed class StatusConverter() : ValueConverter<TicketStatus, string>(status => TicketColumns.Word(status), word => TicketColumns.ParseStatus(word));

/// <summary>Instants as SQLite keeps them, <c>2025-09-30 10:02:15.000000</c>.</summary>
internal sealed class InstantTextConverter() : ValueConverter<Instant, string>(instant => InstantText.Of(instant), text => InstantText.Parse(Encoding.UTF8.GetBytes(text)));

/// <summary>Instants as PostgreSQL's driver takes them.</summary>
internal sealed class InstantTimeConverter() : ValueConverter<Instant, DateTime>(instant => instant.ToDateTimeOffset().UtcDateTime, time => Instant.FromDateTimeOffset(new DateTimeOffset(time, TimeSpan.Zero)));
