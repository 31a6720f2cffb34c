using System.CommandLine;
using Headcount.Cli.CommandLine;
using Headcount.Cli.Output;
using Headcount.Cli.Playback;
using Headcount.Cli.Sending;
using Headcount.Client;

namespace Headcount.Cli.Commands;

/// <summary><c>headcount replay --to</c>: plays a day to a server, as real requests.</summary>
internal sealed class ReplayTo(TimeProvider time)
{
    public static readonly Option<string?> To = new("--to") { HelpName = "URL", Description = "Play the day to this server: each scan is sent when its time has come, the day's times moved to now, and the server decides." };
    public static readonly Option<bool> AsFacts = new("--as-facts") { Description = "With --to: hand all in at once, as facts that devices decided; times are kept." };
    public static readonly Option<string?> Event = new("--event") { HelpName = "SLUG", Description = "With --to: the event, for a token that is not a device's (default: the only one)." };

    public static readonly Option[] Options = [To, AsFacts, Event];

    public async Task<int> RunAsync(Values values, Speed speed, Reading reading, CancellationToken cancellationToken)
    {
        if (reading.Options.Foreign is { Anonymous: true }) throw new UsageException("A server takes tickets, and with --anonymous there are none.");
        var address = AddressOf(values);
        var token = reading.Options.Token ?? throw new UsageException("--to needs a token: give --token TOKEN, or HEADCOUNT_TOKEN in the environment.");
        using var server = new HeadcountClient(address, token, new HeadcountClientOptions { Event = values.Text(Event), Time = time });
        var counts = new SendingCounts();
        var report = new SendingReport(counts, time);
        using var shown = new CancellationTokenSource();
        var showing = report.ShowAsync(shown.Token);
        string? problem = null;
        try
        {
            var (sender, scans) = (new DaySender(server, counts, time), reading.ReadScansAsync(cancellationToken));
            await (values.Flag(AsFacts) ? sender.RecordAsync(scans, cancellationToken) : sender.PlayAsync(scans, speed, cancellationToken)).ConfigureAwait(false);
        }
        catch (HeadcountProblemException refusal)
        {
            problem = $"{address} does not take it: {refusal.Message}";
        }
        catch (HttpRequestException failure)
        {
            problem = $"{address} cannot be reached: {failure.Message}";
        }
        finally
        {
            await shown.CancelAsync().ConfigureAwait(false);
            await showing.ConfigureAwait(false);
            if (counts.Sent > 0 || problem is null) Print(report, address);
        }

        if (problem is not null) Console.Error.WriteLine($"headcount: {problem}");
        var status = reading.Finish();
        return problem is not null || counts.Failed > 0 ? ExitStatus.CouldNotRun : status;
    }

    private static Uri AddressOf(Values values) =>
        Uri.TryCreate(values.Text(To), UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0
            ? address
            : throw new UsageException($"--to '{values.Text(To)}' is not the address of a server. For example --to http://localhost:8000.");

    private static void Print(SendingReport report, Uri address)
    {
        using var text = TextOut.ToStandardOutput();
        report.Print(text, address);
    }
}
