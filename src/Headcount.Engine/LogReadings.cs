namespace Headcount.Engine;

/// <summary>The turns of those who read a whole log, which takes seconds and much memory: few at once, some may wait, and more are turned away.</summary>
internal sealed class LogReadings(EngineOptions options) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.MaxReadings);
    private int _askers;

    /// <exception cref="EventBusyException">Too many are waiting.</exception>
    public async Task<T> InTurnAsync<T>(Func<Task<T>> read, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _askers) > options.MaxReadings + options.MaxReadingsWaiting) throw new EventBusyException("Too many questions about how the log stood earlier are being answered; each reads the log.");
            await _turns.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                return await read().ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _askers);
        }
    }

    public void Dispose() => _turns.Dispose();
}
