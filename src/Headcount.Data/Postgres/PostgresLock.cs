using Headcount.Engine;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Headcount.Data.Postgres;

/// <summary>Keeps a second server off a PostgreSQL database: an advisory lock of a session of its own, which is watched. Without it nothing is written.</summary>
internal sealed partial class PostgresLock(PostgresStore store, TimeProvider time, ILogger<PostgresLock> logger) : IAsyncDisposable
{
    /// <summary>The lock's number: <c>headcoun</c> in ASCII.</summary>
    public const long Key = 0x68656164636F756E;

    /// <summary>How often the session is asked whether it lives, besides being told when its connection ends.</summary>
    public static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait before the lock is tried for again.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a start waits for a session whose process is gone already: the database needs a moment to notice.</summary>
    public static readonly TimeSpan TakePatience = TimeSpan.FromSeconds(2);

    // A machine that lost its power says no goodbye: the database asks, and frees the lock after half a minute, not after its usual two hours.
    private const string NoticeSoon = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4";

    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _whyNot = "the server has not started";
    private Task _watch = Task.CompletedTask;

    /// <exception cref="LogUnavailableException">The lock is not held now.</exception>
    public void Demand()
    {
        if (!_held.Task.IsCompleted) throw new LogUnavailableException($"Nothing is written to {store.Description} now: {_whyNot}.");
    }

    /// <summary>Completes when the lock is held.</summary>
    public Task HeldAsync() => _held.Task;

    /// <summary>Completes when the lock that is held is lost, or the server stops.</summary>
    public Task LostAsync() => _lost.Task;

    /// <summary>Takes the lock and starts to watch it.</summary>
    /// <exception cref="DatabaseRefusedException">Another server has it.</exception>
    public async Task TakeAsync(CancellationToken cancellation)
    {
        var session = await OpenAsync(cancellation);
        var began = time.GetTimestamp();
        while (!await TryTakeAsync(session, cancellation))
        {
            if (time.GetElapsedTime(began) < TakePatience)
            {
                await Task.Delay(RetryInterval / 4, time, cancellation);
                continue;
            }

            var holder = await HolderAsync(session, cancellation);
            await session.DisposeAsync();
            throw new DatabaseRefusedException($"Another server is running on {store.Description} ({holder}). Stop it first, or give this one a database of its own with --db.");
        }

        Held();
        _watch = WatchAsync(session);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _whyNot = "the server is stopping";
        Lost();
        _stop.Dispose();
    }

    private void Held()
    {
        _lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held.TrySetResult();
    }

    private void Lost()
    {
        _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lost.TrySetResult();
    }

    private async Task WatchAsync(NpgsqlConnection session)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                // It ends at once when the connection does.
                await session.WaitAsync(WatchInterval, _stop.Token);
                await using var alive = new NpgsqlCommand("SELECT 1", session);
                await alive.ExecuteScalarAsync(_stop.Token);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                _whyNot = $"the session that keeps other servers out was lost ({e.Message}); it is tried for again";
                Lost();
                LockLost(store.Description, e.Message);
                await session.DisposeAsync();
                if (await TakeAgainAsync() is not { } again) return;
                session = again;
                Held();
                LockTakenAgain(store.Description);
            }
        }

        await session.DisposeAsync();
    }

    private async Task<NpgsqlConnection?> TakeAgainAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            NpgsqlConnection? session = null;
            try
            {
                session = await OpenAsync(_stop.Token);
                if (await TryTakeAsync(session, _stop.Token)) return session;
                _whyNot = $"another server has taken it ({await HolderAsync(session, _stop.Token)}): stop one of the two";
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException or IOException or System.Net.Sockets.SocketException)
            {
                _whyNot = $"it does not answer ({e.Message})";
            }

            if (session is not null) await session.DisposeAsync();
            await Task.Delay(RetryInterval, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    // Not from the pool: its end must be the session's end.
    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        var address = new NpgsqlConnectionStringBuilder(store.ConnectionString)
        {
            Pooling = false,
            TcpKeepAlive = true,
            ApplicationName = $"headcount serve, process {Environment.ProcessId} on {Environment.MachineName}",
        };
        var session = new NpgsqlConnection(address.ConnectionString);
        try
        {
            await session.OpenAsync(cancellation);
            await using var settings = new NpgsqlCommand(NoticeSoon, session);
            await settings.ExecuteNonQueryAsync(cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private static async Task<bool> TryTakeAsync(NpgsqlConnection session, CancellationToken cancellation)
    {
        await using var take = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", session) { Parameters = { new() { Value = Key } } };
        return (bool)(await take.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<string> HolderAsync(NpgsqlConnection session, CancellationToken cancellation)
    {
        const string sql = """
            SELECT format('%s, since %s', a.application_name, to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'))
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND (l.classid::bigint << 32) + l.objid::bigint = $1 AND l.granted
            """;
        await using var ask = new NpgsqlCommand(sql, session) { Parameters = { new() { Value = Key } } };
        return await ask.ExecuteScalarAsync(cancellation) as string ?? "who cannot be seen from here";
    }

    [LoggerMessage(7001, LogLevel.Error, "The session that keeps other servers off {Database} was lost: {Why}. Nothing is written until it is held again.")]
    private partial void LockLost(string database, string why);

    [LoggerMessage(7002, LogLevel.Information, "The session that keeps other servers off {Database} is held again.")]
    private partial void LockTakenAgain(string database);
}
