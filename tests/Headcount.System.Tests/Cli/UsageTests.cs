namespace Headcount.SystemTests.Cli;

/// <summary>Exit statuses, and what people are told who get the words wrong.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("occupancy --zone Nowhere/Land", "--zone 'Nowhere/Land' is not a time zone")]
    [InlineData("occupancy --at noon", "--at 'noon' is not a time")]
    [InlineData("occupancy --at", "--at needs a value")]
    [InlineData("occupancy --at 2025-09-30T11:30 --at 2025-09-30T11:31", "give it once")]
    [InlineData("occupancy --by gates", "--by 'gates' is not a breakdown")]
    [InlineData("occupancy --jason", "There is no option '--jason' of occupancy. Did you mean '--json'?")]
    [InlineData("occupancy - -", "Standard input (-) can be read once only")]
    [InlineData("occupancy --map ticket=ID", "'ticket' is no field of a scan")]
    [InlineData("occupancy --entry In --exit In", "'In' is among both")]
    [InlineData("occupancy --alternate --anonymous", "give one of them")]
    [InlineData("occupancy samples/classic-day.ndjson --rejects samples/classic-day.ndjson", "would be overwritten")]
    [InlineData("timeline samples/classic-day.ndjson --svg artifacts/one --rejects artifacts/../artifacts/one", "--svg and --rejects name one and the same file")]
    [InlineData("timeline --step 0m", "--step '0m' is not a length of time")]
    [InlineData("timeline --step 15", "--step '15' is not a length of time")]
    [InlineData("timeline --step P1M", "--step 'P1M' is not a length of time")]
    [InlineData("timeline --from 2025-09-30T12:00 --to 2025-09-30T11:00", "--from is later than --to")]
    [InlineData("timeline samples/classic-day.ndjson --step 0.000001s", "Take a longer step")]
    [InlineData("anomalies --kind odd", "--kind 'odd' is not a kind of anomaly")]
    [InlineData("anomalies --kind unknown_ticket", "give --tickets FILE")]
    [InlineData("anomalies --reentry-minutes -1", "--reentry-minutes '-1' is not a number of minutes")]
    [InlineData("anomalies --anonymous", "anomalies is about tickets")]
    [InlineData("admit --capacity 5 --anonymous", "admit is about tickets")]
    [InlineData("admit", "give --capacity N")]
    [InlineData("admit --capacity -1", "--capacity '-1' is not a whole number")]
    [InlineData("admit --capacity 1.5", "--capacity '1.5' is not a whole number")]
    [InlineData("replay --speed 0", "--speed '0' is not a speed")]
    [InlineData("simulate --faults rain", "'rain' is not a fault")]
    [InlineData("simulate --day 2025-02-30", "--day '2025-02-30' is not a date")]
    [InlineData("gate", "`gate` is not built yet")]
    [InlineData("verify --url x", "--url 'x' is not the address of a server")]
    [InlineData("ocupancy x", "There is no command 'ocupancy'. Did you mean 'occupancy'?")]
    [InlineData("", "headcount COMMAND")]
    public async Task wrong_usage_is_told_before_anything_is_printed(string command, string told)
    {
        var run = await TheProgram.Run(command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_missing_file_is_named()
    {
        var run = await TheProgram.Run("occupancy", "no/such.ndjson", "--json");
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("no/such.ndjson", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_malformed_is_set_aside_and_shown_ten_times()
    {
        var run = await TheProgram.RunOn(string.Concat(Enumerable.Repeat("{}\n", 12)) + TheProgram.Scans("T1 A entry 10:00:00"), "occupancy", "--json");
        Assert.Equal((3, 1), (run.Status, run.Json.GetProperty("occupancy").GetInt32()));
        Assert.Equal(10, run.Error.Split("standard input:").Length - 1);
        Assert.Contains("… and 2 more", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task strict_stops_at_the_first_malformed_one()
    {
        var run = await TheProgram.RunOn("{}\n" + TheProgram.Scans("T1 A entry 10:00:00"), "occupancy", "--json", "--strict");
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("standard input:1:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task rejects_are_written_whole()
    {
        using var folder = new TemporaryFolder();
        var run = await TheProgram.RunOn("{\"half\":\n" + TheProgram.Scans("T1 A entry 10:00:00"), "occupancy", "--rejects", folder.File("rejects"));
        Assert.Equal((3, "{\"half\":\n"), (run.Status, await File.ReadAllTextAsync(folder.File("rejects"), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task a_bad_row_of_the_register_is_set_aside_too()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("tickets"), "{\"ticket_id\":\"T1\",\"ticket_type\":\"VIP\"}\n{\"ticket_type\":\"VIP\"}\n", TestContext.Current.CancellationToken);
        var run = await TheProgram.RunOn(TheProgram.Scans("T1 A entry 10:00:00"), "occupancy", "--tickets", folder.File("tickets"), "--json");
        Assert.Equal((3, 1), (run.Status, run.Json.GetProperty("by_ticket_type").GetProperty("VIP").GetInt32()));
        Assert.Contains("1 malformed ticket set aside", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_followed_input_that_ends_gives_its_last_figures()
    {
        var run = await TheProgram.RunOn(TheProgram.Scans("T1 A entry 10:00:00"), "occupancy", "--follow", "--json");
        Assert.Equal(0, run.Status);
        Assert.Contains("\"occupancy\":1", run.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }
}
