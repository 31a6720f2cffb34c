using System.Threading.Channels;
using Headcount.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Engine;

/// <summary>A real log that can be told to wait before it writes, to fail before it writes, or to fail after it wrote.</summary>
internal sealed class WilfulLog(IScanLog log) : IScanLog
{
    private volatile TaskCompletionSource? _held;
    private volatile TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _written = Channel.CreateUnbounded<bool>();
    private volatile TaskCompletionSource? _disk;
    private volatile int _failures;
    private volatile int _silentFailures;
    private volatile bool _isDown;
    private volatile bool _isFull;

    /// <summary>Puts one before the log of a server that is being made.</summary>
    public static void Put(WebApplicationBuilder builder)
    {
        var real = builder.Services.Last(service => service.ServiceType == typeof(IScanLog));
        builder.Services.Remove(real);
        builder.Services.AddSingleton<IScanLog>(services => new WilfulLog((IScanLog)(real.ImplementationInstance ?? real.ImplementationFactory?.Invoke(services) ?? ActivatorUtilities.CreateInstance(services, real.ImplementationType!))));
    }

    /// <summary>From now on appends wait; the task completes when one does.</summary>
    public Task Hold()
    {
        _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _reached.Task;
    }

    public void Release() => Interlocked.Exchange(ref _held, null)?.TrySetResult();

    /// <summary>So many appends fail, and write nothing.</summary>
    public void Fail(int appends) => _failures = appends;

    /// <summary>So many appends fail although they have written everything, as when a connection breaks at the wrong moment.</summary>
    public void FailAfterwards(int appends) => _silentFailures = appends;

    /// <summary>Nothing can be written or read.</summary>
    public bool IsDown
    {
        set => _isDown = value;
    }

    /// <summary>Nothing can be written; all can be read.</summary>
    public bool IsFull
    {
        set => _isFull = value;
    }

    /// <summary>From now on what is written waits for its disk.</summary>
    public void HoldDisk() => _disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The disk has all that was written, or fails.</summary>
    public void ReleaseDisk(bool fails = false)
    {
        var disk = _disk!;
        _disk = null;
        if (fails)
            disk.SetException(new LogUnavailableException("The disk has it not."));
        else
            disk.SetResult();
    }

    /// <summary>Completes when so many appends have been written since the disk was held.</summary>
    public async Task WrittenAsync(int appends)
    {
        for (var seen = 0; seen < appends; seen++) await _written.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask<Task> WriteAsync(long eventId, IReadOnlyList<LogEntry> entries)
    {
        if (_disk is not { } disk)
        {
            await AppendAsync(eventId, entries, CancellationToken.None);
            return Task.CompletedTask;
        }

        var kept = await log.WriteAsync(eventId, entries);
        _written.Writer.TryWrite(true);
        return BothAsync(kept, disk.Task);
    }

    private static async Task BothAsync(Task kept, Task disk)
    {
        await kept;
        await disk;
    }

    public async ValueTask AppendAsync(long eventId, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        if (_held is { } held)
        {
            _reached.TrySetResult();
            await held.Task;
        }

        if (_isDown || _isFull || Interlocked.Decrement(ref _failures) >= 0) throw new LogUnavailableException("No.");
        await log.AppendAsync(eventId, entries, cancellation);
        if (Interlocked.Decrement(ref _silentFailures) >= 0) throw new LogUnavailableException("It is there, and nobody knows.");
    }

    public IAsyncEnumerable<IReadOnlyList<LogEntry>> ReadAsync(long eventId, long afterSeq, long? throughSeq, CancellationToken cancellation) =>
        _isDown ? throw new LogUnavailableException("No.") : log.ReadAsync(eventId, afterSeq, throughSeq, cancellation);

    public ValueTask<LogEntry?> FindAsync(long eventId, long seq, CancellationToken cancellation) => log.FindAsync(eventId, seq, cancellation);

    public ValueTask CheckAsync(CancellationToken cancellation) => _isDown || _isFull ? throw new LogUnavailableException("No.") : log.CheckAsync(cancellation);
}
