using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Sqlite;

/// <summary>Something that waits for the writer of a SQLite database, and then for the disk.</summary>
internal abstract class SqliteJob
{
    /// <summary>Says to whoever waits that it is on disk, or that nobody knows whether it is.</summary>
    /// <param name="problem">Why that is not known; null = it is.</param>
    public abstract void Settle(Exception? problem);
}

/// <summary>Records of one event that are waiting.</summary>
internal sealed class AppendJob(long eventId, IReadOnlyList<LogEntry> entries) : SqliteJob
{
    // Whoever waits goes on elsewhere: the writer is every event's, and what one mailbox has to do next is nothing that others wait for.
    private readonly TaskCompletionSource<Task> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _kept = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long EventId => eventId;

    public IReadOnlyList<LogEntry> Entries => entries;

    /// <summary>Completes when the next ones may come, and gives what completes when these are on disk.</summary>
    public Task<Task> WrittenAsync => _written.Task;

    public void Written() => _written.TrySetResult(_kept.Task);

    public void Fail(Exception problem)
    {
        if (!_written.TrySetException(problem)) _kept.SetException(problem);
    }

    public override void Settle(Exception? problem)
    {
        if (problem is null)
            _kept.SetResult();
        else
            _kept.SetException(new LogUnavailableException($"{entries.Count} records of event {eventId} from {entries[0].Seq} on were written, but are not known to be on disk: {problem.Message}", problem));
    }
}

/// <summary>A change that is waiting.</summary>
internal abstract class ChangeJob : SqliteJob
{
    /// <returns>Why it failed, which whoever waits has been told; null where it is done and must be settled.</returns>
    public abstract Exception? Run(Func<SqliteOpened> opened);
}

/// <summary>A change that is waiting, with what it gives.</summary>
internal sealed class ChangeJob<T>(Func<HeadcountDb, CancellationToken, Task<T>> change, bool inTransaction, CancellationToken cancellation) : ChangeJob
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> DoneAsync => _done.Task;

    public override Exception? Run(Func<SqliteOpened> opened)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            using var db = new SqliteHeadcountDb(opened().Options);
            using var transaction = inTransaction ? db.Database.BeginTransaction() : null;

            // SQLite's own calls never wait for anything else, so the writer's thread, which is here for it, does not either.
            _result = change(db, cancellation).GetAwaiter().GetResult();
            transaction?.Commit();
            return null;
        }
        catch (OperationCanceledException e)
        {
            _done.SetCanceled(e.CancellationToken);
            return e;
        }
        catch (Exception e)
        {
            _done.SetException(DiskTrouble.Is(e) ? Unavailable(e, DiskTrouble.Reason(e)) : e);
            return e;
        }
    }

    public override void Settle(Exception? problem)
    {
        if (problem is null)
            _done.SetResult(_result);
        else
            _done.SetException(Unavailable(problem, problem.Message));
    }

    private static LogUnavailableException Unavailable(Exception problem, string reason) => new($"The database cannot be written now: {reason}", problem);
}
