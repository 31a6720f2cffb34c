using System.Text.RegularExpressions;
using Headcount.Cli.Output;
using Headcount.Data;
using Headcount.Server.Demo;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Cli.Serving;

/// <summary>What a server says when it has started: where it is, who may sign in, and a line to paste that opens a gate.</summary>
internal sealed partial class StartText(ServeSettings settings, IReadOnlyList<Uri> addresses, Uri here, string database)
{
    public required string OwnerTokenFile { get; init; }

    /// <summary>Where the built-in MQTT broker listens.</summary>
    public IReadOnlyList<string> MqttAddresses { get; init; } = [];

    public string? OwnerPassword { get; init; }

    /// <summary>The path of a link that signs a browser in once; null where nobody on this machine could follow it.</summary>
    public string? SignInPath { get; init; }

    public DemoInvitation? Demo { get; init; }

    /// <summary>An event that there is; null = there is none yet.</summary>
    public string? EventSlug { get; init; }

    public static Task<string?> FirstEventAsync(HeadcountDb db, CancellationToken cancellationToken) =>
        db.Events.Where(row => row.ArchivedAt == null).OrderBy(row => row.EventId).Select(row => row.Slug).FirstOrDefaultAsync(cancellationToken);

    public void Print()
    {
        using var text = TextOut.ToStandardOutput();
        text.Line(text.Bold($"Headcount is running{(settings.Demo ? ", with a simulated crowd at the event 'demo'" : "")}.")).Line();
        var rows = new List<(string Name, string Value)>();
        foreach (var address in addresses) rows.Add(("Dashboard", address.AbsoluteUri));
        if (SignInPath is not null) rows.Add(("Sign in", $"{new Uri(here, SignInPath)} (works once, in the next 10 minutes, on this machine)"));
        rows.Add(("Documents", new Uri(here, "docs").AbsoluteUri));
        foreach (var address in MqttAddresses) rows.Add(("MQTT", address));
        rows.Add(("Database", database));
        if (OwnerPassword is not null) rows.Add(("Owner", $"owner@localhost, password {OwnerPassword} (shown this once)"));
        rows.Add(("Owner token", Path.GetFullPath(OwnerTokenFile)));
        if (Demo is not null) rows.Add(("Gate tokens", Path.GetFullPath(Demo.TokensFile)));
        foreach (var (name, value) in rows) text.Line($"  {text.Faint(name.PadRight(13))}{value}");
        text.Line();
        PrintCurl(text);
        text.Line().Line(text.Faint("Ctrl-C stops it."));
    }

    private void PrintCurl(TextOut text)
    {
        if (Demo is not null)
        {
            text.Line("Paste this, and gate A opens:").Line();
            text.Line(Scan(Demo.Token, "", Demo.TicketId));
        }
        else if (EventSlug is not null)
        {
            text.Line($"How many are inside at '{EventSlug}':").Line();
            text.Line($"{Curl()} {OwnerHeader()} '{here}api/occupancy/current?event={EventSlug}'");
        }
        else
        {
            text.Line("There is no event yet. Paste these three, and gate A opens:").Line();
            text.Line(Post("api/events", OwnerHeader(), """{"slug":"first","name":"First event","zone":"UTC","capacity":100,"gates":["A","B"]}"""));
            text.Line(Post("api/events/first/tickets", OwnerHeader(), """[{"ticket_id":"T00001","ticket_type":"GENERAL"}]"""));
            text.Line(Scan(null, "?event=first", "T00001"));
        }
    }

    private string Scan(string? token, string query, string ticket) => Post(
        "api/scans" + query, token is null ? OwnerHeader() : $"-H 'Authorization: Bearer {token}'",
        $$"""{"ticket_id":"{{ticket}}","gate":"A","scan_type":"entry","timestamp":"'$(date -u +%FT%TZ)'"}""");

    private string Post(string path, string header, string body) => $"{Curl()} {header} -H 'Content-Type: application/json' -d '{body}' '{here}{path}'";

    // A certificate that is for another name than this machine's own is none of the line's business.
    private string Curl() => here.Scheme == Uri.UriSchemeHttps ? "curl -sSk" : "curl -sS";

    private string OwnerHeader() => $"-H \"Authorization: Bearer $(cat {Quoted(Path.GetFullPath(OwnerTokenFile))})\"";

    private static string Quoted(string path) => Plain().IsMatch(path) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w/.@:+-]+$")]
    private static partial Regex Plain();
}
