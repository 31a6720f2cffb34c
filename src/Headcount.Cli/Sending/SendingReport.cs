using System.Globalization;
using Headcount.Cli.Output;

namespace Headcount.Cli.Sending;

/// <summary>Tells how the sending goes, on a terminal, and what came of it.</summary>
internal sealed class SendingReport(SendingCounts counts, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly long _start = time.GetTimestamp();

    /// <summary>Shows a line on standard error until it is cancelled; elsewhere than on a terminal nothing.</summary>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        if (!Terminal.ErrorIsTerminal) return;
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                var inside = counts.Inside is { } now ? $", {People.Count(now)} inside" : "";
                Console.Error.Write($"\r{People.Count(counts.Sent)} sent, {Rate()}/s{inside}, {People.Count(counts.Rejected)} refused\e[K");
            }
        }
        catch (OperationCanceledException)
        {
            Console.Error.Write("\r\e[K");
        }
    }

    public void Print(TextOut text, Uri server)
    {
        text.Line(text.Bold($"{People.Count(counts.Sent, "scan")} sent to {server} in {People.Span(Rounded(time.GetElapsedTime(_start)))}, {Rate()}/s")).Line();
        var table = new HumanTable("<answer", "scans");
        foreach (var (name, count) in (ReadOnlySpan<(string, long)>)[("accepted", counts.Accepted), ("recorded", counts.Recorded), ("rejected", counts.Rejected), ("repeated", counts.Repeated), ("conflict", counts.Conflicts), ("failed", counts.Failed)])
        {
            if (count > 0 || name is "accepted" or "rejected") table.Row(name, People.Count(count));
        }

        table.Write(text);
        Write(text, "rejected", counts.Refusals);
        Write(text, "failed", counts.Failures);
        if (counts.Latency(0.5) is { } middle && counts.Latency(0.99) is { } late)
            text.Line().Line(string.Create(CultureInfo.InvariantCulture, $"Answers took {middle.TotalMilliseconds:0.0} ms (p50), {late.TotalMilliseconds:0.0} ms (p99)"));
        if (counts.Inside is { } inside) text.Line($"{People.Count(inside)} inside, as the server said last");
    }

    private static void Write(TextOut text, string title, IReadOnlyDictionary<string, long> reasons)
    {
        if (reasons.Count == 0) return;
        var table = new HumanTable("<" + title, "scans");
        foreach (var (reason, count) in reasons.OrderByDescending(reason => reason.Value).Take(20)) table.Row(People.Name(reason, 100), People.Count(count));
        table.Write(text.Line());
    }

    private string Rate() => People.Count((long)(counts.Sent / Math.Max(time.GetElapsedTime(_start).TotalSeconds, 0.001)));

    private static TimeSpan Rounded(TimeSpan length) => TimeSpan.FromMilliseconds(Math.Round(length.TotalMilliseconds));
}
