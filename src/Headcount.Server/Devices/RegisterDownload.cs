using System.IO.Compression;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Counts;
using Headcount.Server.Problems;

namespace Headcount.Server.Devices;

/// <summary>What a device decides by while it cannot ask: everything, or what changed since it last had it. Streamed, a piece at a time between scans.</summary>
internal sealed class RegisterDownload(RegisterChanges changes, TicketKeys keys, IScanLog log, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(DeviceLimits.MostDownloads);

    public void Dispose() => _turns.Dispose();

    public async Task InvokeAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var query = new CountQuery(context, "since", "seq", "part");
        var (since, seqText, part) = (query.Text("since"), query.Text("seq"), query.Text("part") ?? "all");
        if (part is not ("all" or "codes")) query.Wrong("part", "is neither all nor codes");
        if (part == "codes" && since is not null) query.Wrong("since", "is for the whole register; with part=codes, everything comes each time");
        var seq = 0L;
        if (seqText is not null && (!long.TryParse(seqText, System.Globalization.CultureInfo.InvariantCulture, out seq) || seq < 0)) query.Wrong("seq", "must be a whole number, 0 or more");
        if (since is null != seqText is null) query.Wrong(since is null ? "since" : "seq", "is needed: 'since' and 'seq' go together");
        query.ThrowIfWrong();
        if (part == "all" && !context.Caller().May(Right.ReadRegister)) throw new ProblemException(403, ProblemCodes.Forbidden, new RequiredRightAttribute(Right.ReadRegister).Missing);
        if (!await _turns.WaitAsync(DeviceLimits.DownloadPatience, context.RequestAborted)) throw new ProblemException(503, ProblemCodes.Busy, "Many devices are being sent the register. Go on with the one you have, and ask again.", retryAfterSeconds: 5);
        try
        {
            await SendAsync(context, mailbox, since, seq, part);
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task SendAsync(HttpContext context, EventMailbox mailbox, string? since, long seq, string part)
    {
        var eventId = mailbox.Settings.EventId;
        var cancellation = context.RequestAborted;

        // Asked on the mailbox: what changes after this has a later version, and what is sent may have more in it and never less.
        var (version, last) = await mailbox.AskAsync(admission => (changes.VersionOf(eventId), admission.LastSeq));
        var tickets = since is null ? null : changes.Since(eventId, since);
        var scanned = tickets is null ? null : await ScannedSinceAsync(eventId, seq, last, cancellation);
        await using var output = Output(context);
        var text = new RegisterText();
        text.Header(mailbox.Settings, part, tickets is null || scanned is null, version, last, Instant.FromDateTimeOffset(time.GetUtcNow()), keys.Of(eventId));
        if (tickets is null || scanned is null)
            await WriteAllAsync(text, mailbox, part, output, cancellation);
        else
            await WriteChangesAsync(text, mailbox, tickets, scanned, output, cancellation);
        text.End();
        await FlushAsync(text, output, cancellation);
    }

    private static Stream Output(HttpContext context)
    {
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = "Accept-Encoding";
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase)) return new Unclosed(context.Response.Body);
        context.Response.Headers.ContentEncoding = "gzip";
        return new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
    }

    private static async Task WriteAllAsync(RegisterText text, EventMailbox mailbox, string part, Stream output, CancellationToken cancellation)
    {
        for (var first = 0; ; first += DeviceLimits.Piece)
        {
            var piece = await mailbox.ReadTicketsAsync(first, DeviceLimits.Piece);
            foreach (var ticket in piece.Where(ticket => part == "all" || ticket.Status != TicketStatus.Valid)) text.Ticket(ticket);
            await FlushAsync(text, output, cancellation);
            if (piece.Count < DeviceLimits.Piece) break;
        }

        if (part != "all") return;
        for (int? next = 0; next is { } from;)
        {
            var piece = await mailbox.AskAsync(admission => admission.PresenceFrom(from, DeviceLimits.Piece));
            foreach (var ticket in piece.Tickets) text.Presence(ticket);
            await FlushAsync(text, output, cancellation);
            next = piece.Next;
        }
    }

    // What was taken back comes before what was given: whatever breaks off, nobody gets in who should not.
    private static async Task WriteChangesAsync(RegisterText text, EventMailbox mailbox, IReadOnlyCollection<TicketId> tickets, IReadOnlyCollection<TicketId> scanned, Stream output, CancellationToken cancellation)
    {
        var changed = new List<Ticket>(tickets.Count);
        foreach (var chunk in tickets.Chunk(DeviceLimits.Piece)) changed.AddRange(await mailbox.FindTicketsAsync(chunk));
        foreach (var ticket in changed.OrderBy(ticket => ticket.Status == TicketStatus.Valid)) text.Ticket(ticket);
        await FlushAsync(text, output, cancellation);
        foreach (var chunk in scanned.Chunk(DeviceLimits.Piece))
        {
            var presence = await mailbox.AskAsync(admission => Array.ConvertAll(chunk, admission.PresenceOf));
            foreach (var ticket in presence) text.Presence(ticket);
            await FlushAsync(text, output, cancellation);
        }
    }

    // Null where it is less work to send everything: much has happened, or a closing of the day ended all stays.
    private async Task<IReadOnlyCollection<TicketId>?> ScannedSinceAsync(long eventId, long seq, long last, CancellationToken cancellation)
    {
        if (seq > last || last - seq > DeviceLimits.MostRecords) return null;
        var scanned = new HashSet<TicketId>();
        if (seq == last) return scanned;
        await foreach (var chunk in log.ReadAsync(eventId, seq, null, cancellation))
        {
            foreach (var entry in chunk)
            {
                var record = entry.Record is Annulment annulment ? (await log.FindAsync(eventId, annulment.Annulled, cancellation))?.Record : entry.Record;
                if (record is ScanRecord scan) scanned.Add(scan.Scan.TicketId);
                else return null;
            }
        }

        return scanned;
    }

    private static async Task FlushAsync(RegisterText text, Stream output, CancellationToken cancellation)
    {
        await output.WriteAsync(text.Written, cancellation);
        text.Taken();
    }

    /// <summary>The response's body, which is not ours to close.</summary>
    private sealed class Unclosed(Stream body) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => throw new NotSupportedException();

        public override Task FlushAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => body.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => body.WriteAsync(buffer, offset, count, cancellationToken);
    }
}
