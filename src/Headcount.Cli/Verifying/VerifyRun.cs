using Headcount.Cli.CommandLine;
using Headcount.Cli.Output;
using Headcount.Cli.Serving;
using Headcount.Client;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Verification;
using Headcount.Engine;
using Headcount.Streams;

namespace Headcount.Cli.Verifying;

/// <summary>A figure that differs from the recount.</summary>
/// <param name="Event">The event.</param>
/// <param name="Where"><c>views</c> or <c>server</c>.</param>
/// <param name="What">Which figure.</param>
/// <param name="Recounted">By the log.</param>
/// <param name="Found">There.</param>
internal sealed record Difference(string Event, string Where, string What, string Recounted, string Found);

/// <summary>One verification: the log, the views, and the server if one runs.</summary>
internal sealed class VerifyRun(VerifySettings settings, TimeProvider time)
{
    private readonly DataOptions _data = new() { Folder = settings.Folder, Connection = settings.Database };

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var events = await LogVerification.RunAsync(_data, settings.Event, cancellationToken).ConfigureAwait(false);
            var differences = events.SelectMany(one => one.Differences.Select(found => new Difference(one.Slug, "views", found.What, found.Recounted, found.Viewed))).ToList();
            var server = await AskServerAsync(events, differences, cancellationToken).ConfigureAwait(false);
            if (settings.AsJson)
                WriteJson(events, differences, server);
            else
                WriteText(events, differences, server);
            return differences.Count > 0 ? ExitStatus.Differs : ExitStatus.Clean;
        }
        catch (Exception problem) when (problem is DatabaseRefusedException or LogUnavailableException)
        {
            throw new InputException(problem.Message);
        }
    }

    /// <returns>The server that was asked; null where none was.</returns>
    private async Task<Uri?> AskServerAsync(IReadOnlyList<VerifiedEvent> events, List<Difference> differences, CancellationToken cancellationToken)
    {
        var address = settings.Url ?? AddressFile.Read(settings.Folder);
        if (address is null) return null;
        var token = settings.Token ?? await OwnerTokenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var one in events)
            {
                using var client = new HeadcountClient(address, token, new HeadcountClientOptions { Event = one.Slug, Retries = 1, Time = time });
                differences.AddRange(await new ServerFigures(client, one.Slug, seq => LogVerification.RecountAsync(_data, one.Slug, seq, cancellationToken)).CompareAsync(cancellationToken).ConfigureAwait(false));
            }

            return address;
        }
        catch (HttpRequestException problem) when (settings.Url is null)
        {
            Console.Error.WriteLine($"headcount: nobody answers at {address}, which a server left in {settings.Folder} ({problem.Message}): only log and views were compared.");
            return null;
        }
        catch (HttpRequestException problem)
        {
            throw new InputException($"{address} cannot be reached: {problem.Message}");
        }
        catch (HeadcountProblemException problem)
        {
            throw new InputException($"{address} does not answer: {problem.Message} (the token is --token, HEADCOUNT_TOKEN, or the one in {Path.Combine(settings.Folder, "owner-token")})");
        }
    }

    private async Task<string> OwnerTokenAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(settings.Folder, "owner-token");
        return File.Exists(path)
            ? (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim()
            : throw new InputException($"There is no {path}: give a token for the server with --token, or in HEADCOUNT_TOKEN.");
    }

    private static void WriteText(IReadOnlyList<VerifiedEvent> events, List<Difference> differences, Uri? server)
    {
        using var text = TextOut.ToStandardOutput();
        var with = server is null ? "the views" : $"the views and the server at {server}";
        text.Line(text.Bold(differences.Count == 0 ? $"The log, {with} agree" : $"{People.Count(differences.Count, "figure")} of {with} differ{(differences.Count == 1 ? "s" : "")} from the log")).Line();
        var table = new HumanTable("<event", "records", "inside");
        foreach (var one in events) table.Row(People.Name(one.Slug), People.Count(one.Records), People.Count(one.Occupancy));
        table.Write(text);
        if (differences.Count == 0) return;
        var wrong = new HumanTable("<event", "<where", "<what", "by the log", "there");
        foreach (var one in differences) wrong.Row(People.Name(one.Event), one.Where, People.Name(one.What, 60), People.Name(one.Recounted, 60), People.Name(one.Found, 60));
        wrong.Write(text.Line());
    }

    private static void WriteJson(IReadOnlyList<VerifiedEvent> events, List<Difference> differences, Uri? server)
    {
        using var json = new JsonOut(Console.OpenStandardOutput(), Zone.Utc);
        json.WriteDocument(_ =>
        {
            json.Flag("agree", differences.Count == 0);
            json.Text("server", server?.AbsoluteUri);
            json.List("events", events, one =>
            {
                json.Text("event", one.Slug);
                json.Number("records", one.Records);
                json.Number("occupancy", one.Occupancy);
            });
            json.List("differences", differences, one =>
            {
                json.Text("event", one.Event);
                json.Text("where", one.Where);
                json.Text("what", one.What);
                json.Text("recounted", one.Recounted);
                json.Text("found", one.Found);
            });
        });
    }
}
