using Headcount.Data.Audit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Headcount.Data.Postgres;

/// <summary>Changes on PostgreSQL: each in a transaction of its own, side by side.</summary>
#pragma warning disable CA1001 // Its places are not disposed: a change that is under way when the server stops gives its place back afterwards, and a semaphore without a handle holds nothing.
internal sealed class PostgresWriteQueue(PostgresStore store, PostgresLock serverLock) : IWriteQueue
#pragma warning restore CA1001
{
    /// <summary>How many changes run side by side; whoever comes then waits for a place.</summary>
    public const int MaxAtOnce = 16;

    /// <summary>How often a change is run where the database asks for it to be run again.</summary>
    public const int MaxTries = 5;

    private readonly SemaphoreSlim _places = new(MaxAtOnce);

    public async Task<T> WriteAsync<T>(Func<HeadcountDb, CancellationToken, Task<T>> change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        serverLock.Demand();
        await _places.WaitAsync(cancellation);
        try
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    return await RunAsync(change, cancellation);
                }
                catch (Exception e) when (tries < MaxTries && AsksForAnotherTry(e))
                {
                    // The other transaction is through by now.
                }
            }
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<T> RunAsync<T>(Func<HeadcountDb, CancellationToken, Task<T>> change, CancellationToken cancellation)
    {
        await using var db = store.OpenToWrite();
        db.Actor = Actor.Current;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var result = await change(db, cancellation);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    private static bool AsksForAnotherTry(Exception e) => e switch
    {
        // A name that was free when the change looked: run again, it finds the name taken and says so in its own words.
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation } => true,
        DbUpdateException { InnerException: { } inner } => AsksForAnotherTry(inner),
        InvalidOperationException { InnerException: PostgresException inner } => AsksForAnotherTry(inner),
        _ => false,
    };
}
