namespace Headcount.Data;

/// <summary>Every change of the database, but for scans, goes through here. On SQLite, which has one writer, they wait in line behind scans; keep them short.</summary>
/// <remarks>Any thread. The work runs in a transaction of its own, which is committed when the work ends and rolled back when it throws. It may be run again where
/// the database asks for that, so it must not have effects outside the database.</remarks>
public interface IWriteQueue
{
    /// <summary>Runs a change and returns what it returns, committed.</summary>
    Task<T> WriteAsync<T>(Func<HeadcountDb, CancellationToken, Task<T>> change, CancellationToken cancellation);
}

/// <summary>Opens contexts for reading. Dispose each after use; never write through one.</summary>
public interface IDbReader
{
    HeadcountDb Open();
}
