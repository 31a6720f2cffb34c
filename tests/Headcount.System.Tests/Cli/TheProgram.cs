using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Headcount.SystemTests.Repository;

namespace Headcount.SystemTests.Cli;

/// <summary>What a run of the program came to.</summary>
internal sealed record Outcome(int Status, string Output, string Error)
{
    /// <summary>The one JSON document on standard output.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>The program as people run it: a process, from the root of the repository.</summary>
internal static class TheProgram
{
    public const string Sample = "samples/classic-day.ndjson";
    public const string SampleTickets = "samples/classic-tickets.json";

    public static string Path => System.IO.Path.Combine(Checkout.Root, "headcount");

    public static Task<Outcome> Run(params string[] args) => RunOn("", args);

    /// <summary>Runs it with a text on standard input.</summary>
    public static Task<Outcome> RunOn(string input, params string[] args) => Start(Path, args, input, []);

    public static async Task<Outcome> Start(string program, string[] args, string input, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Remove("HEADCOUNT_TOKEN");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: that is its right.
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Outcome(process.ExitCode, await output, await error);
    }

    /// <summary>Scans, a line each: <c>T1 A entry 10:00:00</c> on 2025-09-30.</summary>
    public static string Scans(params string[] scans) => string.Concat(scans.Select(scan =>
    {
        var parts = scan.Split(' ');
        var time = parts[3].Contains('T', StringComparison.Ordinal) ? parts[3] : "2025-09-30T" + parts[3];
        return $$"""{"ticket_id":"{{parts[0]}}","gate":"{{parts[1]}}","scan_type":"{{parts[2]}}","timestamp":"{{time}}"}""" + "\n";
    }));
}
