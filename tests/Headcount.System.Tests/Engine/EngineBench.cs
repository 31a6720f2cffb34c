using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Headcount.SystemTests.Engine;

/// <summary>An event on a real SQLite log, whose log can be made to fail or to wait.</summary>
internal sealed class EngineBench : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headcount-engine-").FullName;
    private readonly ServiceProvider _services;
    private readonly EngineOptions _options;
    private readonly List<IEventListener> _listeners = [];

    private EngineBench(EngineOptions options)
    {
        _options = options;
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddHeadcountData(new DataOptions { Folder = _folder })
            .BuildServiceProvider();
        Log = new WilfulLog(_services.GetRequiredService<IScanLog>());
    }

    public const long EventId = 1;

    public WilfulLog Log { get; }

    /// <summary>Where the engine's log goes, from the next opening on.</summary>
    public ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;

    public EventHost Host { get; private set; } = null!;

    public EventMailbox Mailbox { get; private set; } = null!;

    /// <summary>An event with gates A and B, types VIP (override) and GENERAL, and tickets T1 … of type GENERAL and V1 … of type VIP.</summary>
    public static async Task<EngineBench> StartAsync(long capacity = 10, int tickets = 50, EngineOptions? options = null, params IEventListener[] listeners)
    {
        var bench = new EngineBench(options ?? new EngineOptions { RetryDelay = TimeSpan.FromMilliseconds(10) });
        bench._listeners.AddRange(listeners);
        await bench._services.GetRequiredService<IDatabase>().StartAsync(TestContext.Current.CancellationToken);
        await bench.WriteAsync(async (db, cancellation) =>
        {
            db.Events.Add(new EventRow
            {
                EventId = EventId, Slug = "club", Name = "Club", Zone = "UTC", Capacity = capacity,
                Gates = [new GateRow { EventId = EventId, Name = "A" }, new GateRow { EventId = EventId, Name = "B", Position = 1 }],
                TicketTypes = [new TicketTypeRow { EventId = EventId, Name = "VIP", Override = true }, new TicketTypeRow { EventId = EventId, Name = "GENERAL" }],
            });
            await db.SaveChangesAsync(cancellation);
            for (var i = 1; i <= tickets; i++)
            {
                db.Tickets.Add(new TicketRow { EventId = EventId, TicketId = $"T{i}", TicketType = "GENERAL" });
                db.Tickets.Add(new TicketRow { EventId = EventId, TicketId = $"V{i}", TicketType = "VIP" });
            }

            return await db.SaveChangesAsync(cancellation);
        });
        await bench.OpenAsync();
        return bench;
    }

    public Task<T> WriteAsync<T>(Func<HeadcountDb, CancellationToken, Task<T>> change) =>
        _services.GetRequiredService<IWriteQueue>().WriteAsync(change, TestContext.Current.CancellationToken);

    /// <summary>Stops the mailbox and opens it anew from what is on disk.</summary>
    public async Task ReopenAsync()
    {
        await Host.DisposeAsync();
        await OpenAsync();
    }

    private async Task OpenAsync()
    {
        Host = new EventHost(Log, _services.GetRequiredService<IEventSource>(), _listeners, _options, TimeProvider.System, Loggers);
        Mailbox = (await Host.OpenAsync(EventId, TestContext.Current.CancellationToken))!;
    }

    public static ScanRequest Scan(string ticket, ScanType type = ScanType.Entry, string gate = "A", string? id = null, string device = "d") =>
        new(new Scan(new TicketId(ticket), new GateName(gate), type, Now, new DeviceId(device), id is null ? null : new ScanId(id)));

    public static Instant Now => Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    public async Task<ScanAnswer> Submit(string ticket, ScanType type = ScanType.Entry, string gate = "A", string? id = null) =>
        await Mailbox.SubmitAsync(Scan(ticket, type, gate, id));

    /// <summary>The whole log as it is on disk.</summary>
    public async Task<List<LogEntry>> ReadLogAsync()
    {
        var entries = new List<LogEntry>();
        await foreach (var chunk in Log.ReadAsync(EventId, 0, null, TestContext.Current.CancellationToken)) entries.AddRange(chunk);
        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        var stopped = Host.DisposeAsync().AsTask();
        Log.Release();
        await stopped;
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
