using Headcount.Core;
using Headcount.Data;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Past.Reports;

/// <summary>Reports of events: counted in the background, one at a time, and kept for as long as the log and the register stay as they are.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class EventReports(IScanLog log, IDbReader reader, Devices.RegisterChanges register, TimeProvider time) : IDisposable
{
    /// <summary>Of how many events the log is kept in memory for further reports: about 50 bytes a record.</summary>
    public const int MostBooks = 3;

    /// <summary>How many reports are kept.</summary>
    public const int MostReports = 64;

    private const int TicketsAtOnce = 20_000;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<long, ReportBook> _books = [];
    private readonly Dictionary<(long EventId, ReportRange Range), (EventReport Report, EventSettings Settings, string Register)> _reports = [];

    /// <summary>A report as it was counted last, where nothing has happened since; null = it has to be counted.</summary>
    public EventReport? Known(EventMailbox mailbox, ReportRange range)
    {
        lock (_reports)
            return _reports.TryGetValue((mailbox.Settings.EventId, range), out var known) && known.Report.Seq == mailbox.Figures.Seq && known.Settings == mailbox.Settings && known.Register == register.VersionOf(mailbox.Settings.EventId) ? known.Report : null;
    }

    /// <summary>A report of everything that is on disk now.</summary>
    public async Task<EventReport> CountAsync(EventMailbox mailbox, ReportRange range, CancellationToken cancellation)
    {
        if (Known(mailbox, range) is { } known) return known;
        await _turn.WaitAsync(cancellation);
        try
        {
            return Known(mailbox, range) ?? await Task.Run(() => CountNowAsync(mailbox, range, cancellation), cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<EventReport> CountNowAsync(EventMailbox mailbox, ReportRange range, CancellationToken cancellation)
    {
        var (settings, through) = (mailbox.Settings, mailbox.Figures.Seq);
        var book = BookOf(settings);
        try
        {
            await book.ReadAsync(log, settings.EventId, through, cancellation);
        }
        catch
        {
            // What is half read is read anew.
            _books.Remove(settings.EventId);
            throw;
        }

        var version = register.VersionOf(settings.EventId);
        var report = new ReportCount(book, settings, range).Run(await RegisterAsync(settings.EventId, cancellation));
        lock (_reports)
        {
            if (_reports.Count >= MostReports) _reports.Clear();
            _reports[(settings.EventId, range)] = (report, settings, version);
        }

        return report;
    }

    private ReportBook BookOf(EventSettings settings)
    {
        if (!_books.TryGetValue(settings.EventId, out var book))
        {
            if (_books.Count >= MostBooks) _books.Remove(_books.MinBy(one => one.Value.AskedAt).Key);
            _books[settings.EventId] = book = new ReportBook(settings.Rules);
        }

        book.AskedAt = time.GetTimestamp();
        return book;
    }

    // By key, each piece a query of its own: nobody's reading holds up the log's clean-up for long.
    private async Task<IReadOnlyList<(string TicketId, string? Type)>> RegisterAsync(long eventId, CancellationToken cancellation)
    {
        var valid = new List<(string, string?)>();
        var last = "";
        while (true)
        {
            await using var db = reader.Open();
            var rows = await db.Tickets.AsNoTracking().Where(ticket => ticket.EventId == eventId && string.Compare(ticket.TicketId, last) > 0)
                .OrderBy(ticket => ticket.TicketId).Take(TicketsAtOnce).Select(ticket => new { ticket.TicketId, ticket.TicketType, ticket.Status }).ToListAsync(cancellation);
            valid.AddRange(rows.Where(row => row.Status == TicketStatus.Valid).Select(row => (row.TicketId, row.TicketType)));
            if (rows.Count < TicketsAtOnce) return valid;
            last = rows[^1].TicketId;
        }
    }
}
