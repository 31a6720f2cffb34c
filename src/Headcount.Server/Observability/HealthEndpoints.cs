using Headcount.Data;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Manage;

namespace Headcount.Server.Observability;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: scans can be taken.</summary>
internal sealed class HealthEndpoints(IEnumerable<IHealthCheck> checks, TimeProvider time) : IDisposable
{
    // Anybody may ask, as often as they like: the parts are asked once a second at the most.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _asking = new(1);
    private (long At, IReadOnlyList<PartHealth> Parts)? _last;

    /// <summary>How a part was when it was asked.</summary>
    internal sealed record PartHealth(string Name, Health Health, string? Detail);

    public void Dispose() => _asking.Dispose();

    public static Task LiveAsync(HttpContext context) => context.AnswerAsync(new { status = "live" });

    public async Task ReadyAsync(HttpContext context)
    {
        var parts = await AskAsync(context.RequestAborted);
        var failing = parts.Where(part => part.Health == Health.Failing).Select(part => part.Name).ToList();
        var worst = failing.Count > 0 ? "failing" : parts.Any(part => part.Health == Health.Degraded) ? "degraded" : "ready";

        // What exactly is wrong names hosts and folders: for those who run the server.
        var tells = context.IsFromLoopback() || await context.FindCallerAsync() is { MayOrganise: true };
        context.Response.Headers.CacheControl = "no-store";
        await context.AnswerAsync(new
        {
            status = worst, error = failing.Count == 0 ? null : $"Not ready: {string.Join(", ", failing)}.",
            parts = parts.ToDictionary(part => part.Name, part => new { status = Word(part.Health), detail = tells ? part.Detail : null }, StringComparer.Ordinal),
        }, failing.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, Wire.WithoutNulls);
    }

    private static string Word(Health health) => health switch { Health.Fine => "fine", Health.Degraded => "degraded", _ => "failing" };

    private async ValueTask<IReadOnlyList<PartHealth>> AskAsync(CancellationToken cancellation)
    {
        await _asking.WaitAsync(cancellation);
        try
        {
            if (_last is { } last && time.GetElapsedTime(last.At) < GoodFor) return last.Parts;
            var parts = await Task.WhenAll(checks.Select(AskAsync));
            _last = (time.GetTimestamp(), parts);
            return parts;
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task<PartHealth> AskAsync(IHealthCheck check)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            var report = await check.CheckAsync(patience.Token).AsTask().WaitAsync(patience.Token);
            return new PartHealth(check.Name, report.Health, report.Detail);
        }
        catch (OperationCanceledException)
        {
            return new PartHealth(check.Name, Health.Failing, $"It did not answer within {Patience.TotalSeconds} seconds.");
        }
        catch (Exception problem)
        {
            return new PartHealth(check.Name, Health.Failing, problem.Message);
        }
    }
}

/// <summary>Whether the database answers, and is still held by this server.</summary>
internal sealed class DatabaseHealth(IDatabase database) : IHealthCheck
{
    public string Name => "database";

    public async ValueTask<HealthReport> CheckAsync(CancellationToken cancellation)
    {
        await database.CheckAsync(cancellation);
        return new HealthReport(Health.Fine, database.Description);
    }
}

/// <summary>Whether every event that is open decides, and its log takes records.</summary>
internal sealed class EventsHealth(EventHost host, EngineOptions options) : IHealthCheck
{
    public string Name => "events";

    public async ValueTask<HealthReport> CheckAsync(CancellationToken cancellation)
    {
        var open = host.Open;
        foreach (var mailbox in open)
        {
            var slug = mailbox.Settings.Slug;
            if (!mailbox.IsDurable) return new HealthReport(Health.Failing, $"Event {slug}: its log takes no records.");
            if (mailbox.QueueLength >= options.MailboxCapacity) return new HealthReport(Health.Failing, $"Event {slug}: its queue is full.");
            await mailbox.AskAsync(admission => admission.LastSeq).AsTask().WaitAsync(cancellation);
        }

        return new HealthReport(Health.Fine, $"{open.Count} open.");
    }
}
