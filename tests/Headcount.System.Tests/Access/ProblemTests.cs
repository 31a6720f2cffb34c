using Headcount.Engine;
using Headcount.SystemTests.Gate;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Access;

/// <summary>Answers that are not 2xx.</summary>
public sealed class ProblemTests
{
    [Fact]
    public async Task what_is_not_there_or_not_possible_is_a_problem_document()
    {
        await using var server = await RunningServer.StartAsync();
        (await server.Owner.AskAsync("/nowhere")).IsProblem(404, "not_found");
        (await server.Owner.AskAsync("/api/nowhere")).IsProblem(404, "not_found");
        var reply = await server.Owner.SendAsync(HttpMethod.Delete, "/api/scans", null);
        Assert.Equal("method_not_allowed", reply.IsProblem(405, "method_not_allowed").Code);
    }

    [Fact]
    public async Task a_bug_is_500_and_says_nothing_of_the_inside()
    {
        await using var server = await StartAsync(new InvalidOperationException("Password=secret at Headcount.Data"));
        using var gate = await server.CreateDeviceAsync("club", "d");
        var reply = (await gate.PostAsync("/api/scans/1/annul", new { reason = "x" })).IsProblem(500, "internal");
        Assert.DoesNotContain("secret", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Headcount.Data", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_log_that_cannot_be_reached_is_503_and_to_be_tried_again()
    {
        await using var server = await StartAsync(new LogUnavailableException("disk on fire at /var/secret"));
        using var gate = await server.CreateDeviceAsync("club", "d");
        foreach (var reply in new[] { await gate.PostAsync("/api/scans/1/annul", new { reason = "x" }), await gate.ScanAsync("T1", type: "exit") })
        {
            reply.IsProblem(503, "unavailable");
            Assert.NotNull(reply.Headers.RetryAfter);
            Assert.DoesNotContain("/var/secret", reply.Text, StringComparison.Ordinal);
        }

        var batch = await gate.PostAsync("/api/scans/batch", new { scans = new[] { new { ticket_id = "T1", gate = "A", scan_type = "exit", timestamp = Requests.Now } } });
        batch.IsProblem(503, "unavailable");
        Assert.Contains("0 recorded", batch["error"], StringComparison.Ordinal);
    }

    private static async Task<RunningServer> StartAsync(Exception problem)
    {
        var server = await RunningServer.StartAsync(options => options with { Adjust = builder => builder.Services.AddSingleton<IScanLog>(new BrokenLog(problem)) });
        await server.CreateEventAsync();
        return server;
    }

    /// <summary>An empty log that neither finds nor keeps anything.</summary>
    private sealed class BrokenLog(Exception problem) : IScanLog
    {
        public ValueTask AppendAsync(long eventId, IReadOnlyList<LogEntry> entries, CancellationToken cancellation) => ValueTask.FromException(problem);

        public async IAsyncEnumerable<IReadOnlyList<LogEntry>> ReadAsync(long eventId, long afterSeq, long? throughSeq, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask;
            yield break;
        }

        public ValueTask<LogEntry?> FindAsync(long eventId, long seq, CancellationToken cancellation) => ValueTask.FromException<LogEntry?>(problem);

        public ValueTask CheckAsync(CancellationToken cancellation) => ValueTask.FromException(problem);
    }
}
