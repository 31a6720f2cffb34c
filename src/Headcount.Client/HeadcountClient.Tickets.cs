using System.Text.Json;

namespace Headcount.Client;

public sealed partial class HeadcountClient
{
    /// <summary>A ticket; null where the register lacks it.</summary>
    public Task<Ticket?> FindTicketAsync(string ticketId, CancellationToken cancellation = default) =>
        _exchange.FindAsync(About("api/tickets").With("ticket_id", Given(ticketId)).ToString(), WireContext.Default.Ticket, cancellation);

    /// <summary>A ticket's history, in order of the log.</summary>
    public async Task<IReadOnlyList<LoggedScan>> ReadTicketScansAsync(string ticketId, CancellationToken cancellation = default)
    {
        var rows = new List<LoggedScan>();
        var path = About(Of(ticketId, "scans")).ToString();
        using var response = await _exchange.SendAsync(() => Lines(path), isRepeatable: true, cancellation).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var isList = response.Content.Headers.ContentType?.MediaType != "application/x-ndjson";
            await foreach (var row in JsonSerializer.DeserializeAsyncEnumerable(stream, WireContext.Default.LoggedScan, topLevelValues: !isList, cancellation).ConfigureAwait(false)) rows.Add(row!);
        }

        return rows;
    }

    /// <summary>Whether a ticket would get in now. It changes nothing.</summary>
    public Task<TicketValidity> ValidateAsync(string ticketId, CancellationToken cancellation = default) =>
        _exchange.GetAsync(About(Of(ticketId, "validate")).ToString(), WireContext.Default.TicketValidity, cancellation);

    /// <summary>Changes a ticket. When it returns, the gates go by it.</summary>
    public Task<Ticket> ChangeTicketAsync(string ticketId, TicketChange change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return _exchange.SendAsync(
            HttpMethod.Patch, About("api/tickets").With("ticket_id", Given(ticketId)).ToString(), () => Change(change, WireContext.Default.TicketChange, change.Clear), WireContext.Default.Ticket, isRepeatable: true, cancellation);
    }

    /// <summary>Takes a register in, as many tickets as there are, sent as they come: new ones are made, known ones changed. When it returns, the gates go by it.</summary>
    /// <param name="slug">The event.</param>
    /// <param name="tickets">The tickets; one given twice counts as it came last.</param>
    /// <param name="cancellation">Gives up; what was taken by then stays.</param>
    public Task<TicketImport> ImportTicketsAsync(string slug, IAsyncEnumerable<NewTicket> tickets, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tickets);
        return _exchange.SendAsync(HttpMethod.Post, Of(slug) + "/tickets", () => new LinesBody<NewTicket>(tickets, WireContext.Default.NewTicket), WireContext.Default.TicketImport, isRepeatable: false, cancellation);
    }

    /// <summary>Takes a register in: new tickets are made, known ones changed.</summary>
    public Task<TicketImport> ImportTicketsAsync(string slug, IEnumerable<NewTicket> tickets, CancellationToken cancellation = default) =>
        ImportTicketsAsync(slug, tickets.ToAsyncEnumerable(), cancellation);

    private static string Given(string ticketId)
    {
        ArgumentException.ThrowIfNullOrEmpty(ticketId);
        return ticketId;
    }

    private static string Of(string ticketId, string part)
    {
        // These cannot stand in a path.
        return Given(ticketId) is "." or ".." ? new Query($"api/tickets/-/{part}").With("ticket_id", ticketId).ToString() : $"api/tickets/{Uri.EscapeDataString(ticketId)}/{part}";
    }
}
