using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Data;

/// <summary>A database as the server opens it, with its parts at hand.</summary>
public sealed class OpenDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private int _events;

    private OpenDatabase(DataOptions options)
    {
        Options = options;
        _services = new ServiceCollection().AddHeadcountData(options).BuildServiceProvider();
    }

    public DataOptions Options { get; }

    public IDatabase Database => _services.GetRequiredService<IDatabase>();

    public IScanLog Log => _services.GetRequiredService<IScanLog>();

    public IEventSource Source => _services.GetRequiredService<IEventSource>();

    public IWriteQueue Writes => _services.GetRequiredService<IWriteQueue>();

    internal T Part<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public HeadcountDb Read() => _services.GetRequiredService<IDbReader>().Open();

    public static async Task<OpenDatabase> StartAsync(DataOptions options)
    {
        var opened = new OpenDatabase(options);
        try
        {
            await opened.Database.StartAsync(TestContext.Current.CancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    public Task<T> WriteAsync<T>(Func<HeadcountDb, CancellationToken, Task<T>> change) => Writes.WriteAsync(change, TestContext.Current.CancellationToken);

    public Task AddAsync(params object[] rows) => WriteAsync(async (db, cancellation) =>
    {
        db.AddRange(rows);
        return await db.SaveChangesAsync(cancellation);
    });

    /// <summary>Makes an event and gives its number.</summary>
    public async Task<long> AddEventAsync(Action<EventRow>? configure = null)
    {
        var row = NewEvent($"event-{Interlocked.Increment(ref _events)}");
        configure?.Invoke(row);
        await AddAsync(row);
        return row.EventId;
    }

    public static EventRow NewEvent(string slug) => new() { Slug = slug, Name = "Club night", Zone = "UTC", Capacity = 100, CreatedAt = Instants.Noon };

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

internal static class Instants
{
    /// <summary>2025-09-30T12:00:00Z.</summary>
    public static readonly Instant Noon = new(1_759_233_600_000_000);

    public static Instant At(double minutes) => Noon + TimeSpan.FromMinutes(minutes);
}
