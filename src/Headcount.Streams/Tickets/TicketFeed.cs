using Headcount.Core;

namespace Headcount.Streams;

/// <summary>An element of a register that cannot be read.</summary>
/// <param name="Index">Its place among all elements, from 0.</param>
/// <param name="Line">The line that it begins on, from 1.</param>
/// <param name="Reason">What is wrong with it.</param>
internal readonly record struct UnreadTicket(long Index, long Line, string Reason);

/// <summary>Reads a register that comes in over a network: as it comes, in bounded memory, each ticket with what is said of it.</summary>
internal static class TicketFeed
{
    /// <summary>Reads tickets and gives them away in order, as many as have come; whoever takes them is waited for.</summary>
    /// <param name="body">NDJSON, a JSON list or CSV, compressed or not.</param>
    /// <param name="zone">The zone of times without an offset.</param>
    /// <param name="take">Takes tickets, and what could not be read between them.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <returns>How many elements there were, and bytes.</returns>
    /// <exception cref="InputException">It is no register, or breaks off; what was given before stays given.</exception>
    public static Task<(long Elements, long Bytes)> ReadAsync(Stream body, Zone zone, Func<IReadOnlyList<GivenTicket>, IReadOnlyList<UnreadTicket>, ValueTask> take, CancellationToken ct) =>
        // Blocks are pulled, and pulling waits: on a thread of its own, so that no request is short of one.
        Task.Factory.StartNew(() => Read(body, zone, take, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static (long Elements, long Bytes) Read(Stream body, Zone zone, Func<IReadOnlyList<GivenTicket>, IReadOnlyList<UnreadTicket>, ValueTask> take, CancellationToken ct)
    {
        var tickets = new List<GivenTicket>();
        var parser = new TicketParser(new Register(), zone, give: tickets.Add);

        // To follow means to take what is there.
        var feed = new BlockFeed(new ReadOptions { StandardInput = body, Follow = true }, new ExpectedColumns(field => field, ["ticket_id"]));
        foreach (var block in feed.Read(["-"], ct))
        {
            var unread = parser.Read(block).Select(wrong => new UnreadTicket(wrong.Element, block.Place.Lines + wrong.Line + 1, wrong.Reason)).ToList();
            block.Place.Lines += block.Bytes.Count((byte)'\n');
            feed.Return(block);
            if (tickets.Count > 0 || unread.Count > 0) take(tickets, unread).AsTask().GetAwaiter().GetResult();
            tickets.Clear();
        }

        return (parser.Elements, feed.Bytes);
    }
}
