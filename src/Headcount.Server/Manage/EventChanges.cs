using System.Collections.Concurrent;
using Headcount.Core;
using Headcount.Data;
using Headcount.Engine;
using Headcount.Server.Problems;
using Headcount.Server.Webhooks;

namespace Headcount.Server.Manage;

/// <summary>Makes changes of an event, one after the other: into the database first, then to its gates; and only then is anybody told that it is done.</summary>
/// <remarks>One at a time for an event, so that no change is lost to another, and the gates never go by an older one than the database holds.</remarks>
internal sealed class EventChanges(EventHost host, IEventSource source, IWriteQueue writes, TicketNews news)
{
    private readonly ConcurrentDictionary<long, SemaphoreSlim> _turns = [];

    /// <summary>Changes an event's settings. Once begun it is seen through, whether or not the caller still waits.</summary>
    public async Task<T> ChangeSettingsAsync<T>(long eventId, Func<HeadcountDb, CancellationToken, Task<T>> change, CancellationToken cancellation)
    {
        using var turn = await TurnAsync(eventId, cancellation);
        var result = await writes.WriteAsync(change, CancellationToken.None);
        await TellSettingsAsync(eventId);
        return result;
    }

    /// <summary>Changes tickets of an event; the change gives them as they are afterwards, and whether a type of ticket was made. Webhooks are told of it.</summary>
    public async Task<T> ChangeTicketsAsync<T>(EventMailbox mailbox, Func<HeadcountDb, CancellationToken, Task<(T Result, IReadOnlyList<Ticket> Tickets, bool NewTypes)>> change, CancellationToken cancellation)
    {
        var eventId = mailbox.Settings.EventId;
        using var turn = await TurnAsync(eventId, cancellation);
        var ((result, tickets, newTypes), told) = await writes.WriteAsync(async (db, ct) =>
        {
            var changed = await change(db, ct);
            return (changed, await news.AddAsync(db, mailbox, changed.Tickets, ct));
        }, CancellationToken.None);
        try
        {
            if (newTypes) await TellSettingsAsync(eventId);
            await TellTicketsAsync(eventId, tickets);
        }
        finally
        {
            news.Announce(told);
        }

        return result;
    }

    /// <summary>Has the gates go by tickets that another program wrote into the database. In turn with the changes made here: what is found there is not older than what the gates go by when it is told.</summary>
    /// <param name="mailbox">The event.</param>
    /// <param name="find">Finds the tickets that the database has otherwise than the gates.</param>
    /// <param name="cancellation">Gives up waiting for its turn.</param>
    /// <returns>How many they were.</returns>
    public async Task<int> AdoptTicketsAsync(EventMailbox mailbox, Func<CancellationToken, Task<IReadOnlyList<Ticket>>> find, CancellationToken cancellation)
    {
        using var turn = await TurnAsync(mailbox.Settings.EventId, cancellation);
        var tickets = await find(cancellation);
        if (tickets.Count == 0) return 0;
        var told = await writes.WriteAsync((db, ct) => news.AddAsync(db, mailbox, tickets, ct), CancellationToken.None);
        try
        {
            await TellTicketsAsync(mailbox.Settings.EventId, tickets);
        }
        finally
        {
            news.Announce(told);
        }

        return tickets.Count;
    }

    private Task TellTicketsAsync(long eventId, IReadOnlyList<Ticket> tickets) => tickets.Count == 0 ? Task.CompletedTask : TellAsync(eventId, mailbox => mailbox.ChangeTicketsAsync(tickets));

    private async Task TellSettingsAsync(long eventId)
    {
        if (await source.LoadSettingsAsync(eventId, CancellationToken.None) is not { } settings) return;
        await TellAsync(eventId, mailbox => mailbox.ChangeSettingsAsync(settings));
    }

    // It is opened where it is not open: one that is being opened just now may have read the database too early.
    private async Task TellAsync(long eventId, Func<EventMailbox, ValueTask> tell)
    {
        try
        {
            if (await host.OpenAsync(eventId, CancellationToken.None) is { } mailbox) await tell(mailbox);
        }
        catch (EventClosedException)
        {
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, ProblemCodes.Unavailable, "The change is saved, and the server is stopping: the gates go by it when it has started again.", retryAfterSeconds: 5);
        }
        catch (LogUnavailableException)
        {
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, ProblemCodes.Unavailable, "The change is saved, and the log cannot be read now: the gates go by the change as soon as it can.", retryAfterSeconds: 2);
        }
    }

    private async Task<Turn> TurnAsync(long eventId, CancellationToken cancellation)
    {
        var turn = _turns.GetOrAdd(eventId, static _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellation);
        return new Turn(turn);
    }

    private readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
