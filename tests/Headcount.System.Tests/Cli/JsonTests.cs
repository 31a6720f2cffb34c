using System.Text.Json;

namespace Headcount.SystemTests.Cli;

/// <summary>What programs read: the keys, their order, and the numbers of streams that can be reckoned on paper.</summary>
public sealed class JsonTests
{
    public static readonly TheoryData<string, string> Documents = new()
    {
        {
            "occupancy samples/classic-day.ndjson --at 2025-09-30T11:30 --tickets samples/classic-tickets.json",
            """{"scans":25,"repeated":0,"malformed":0,"at":"2025-09-30T11:30:00+00:00","occupancy":6,"entries":8,"exits":2,"first_entries":7,"by_gate":{"A":4,"B":2},"by_ticket_type":{"GENERAL":4,"VIP":2},"by_gate_and_ticket_type":{"A":{"GENERAL":3,"VIP":1},"B":{"GENERAL":1,"VIP":1}},"flow":{"A":{"entries":5,"exits":1,"scans":6},"B":{"entries":3,"exits":1,"scans":5}},"skipped":0}"""
        },
        {
            "occupancy samples/classic-day.ndjson",
            """{"scans":25,"repeated":0,"malformed":0,"at":null,"occupancy":1,"entries":12,"exits":11,"first_entries":9,"by_gate":{"B":1},"by_ticket_type":{"unknown":1},"by_gate_and_ticket_type":{"B":{"unknown":1}},"flow":{"A":{"entries":6,"exits":7,"scans":14},"B":{"entries":6,"exits":4,"scans":11}},"skipped":0}"""
        },
        {
            "timeline samples/classic-day.ndjson --step 2h --zone +02:00",
            """{"scans":25,"repeated":0,"malformed":0,"step":"PT2H","peak":{"occupancy":8,"at":"2025-09-30T12:55:50+02:00"},"points":[{"at":"2025-09-30T10:00:00+02:00","occupancy":0,"entries":0,"exits":0},{"at":"2025-09-30T12:00:00+02:00","occupancy":7,"entries":9,"exits":2},{"at":"2025-09-30T14:00:00+02:00","occupancy":8,"entries":3,"exits":2},{"at":"2025-09-30T16:00:00+02:00","occupancy":4,"entries":0,"exits":4},{"at":"2025-09-30T18:00:00+02:00","occupancy":1,"entries":0,"exits":3}],"skipped":0}"""
        },
        {
            "anomalies samples/classic-day.ndjson --kind exit_without_entry,duplicate_entry",
            """{"scans":25,"repeated":0,"malformed":0,"total":2,"by_kind":{"duplicate_entry":1,"exit_without_entry":1},"anomalies":[{"scan":5,"kind":"duplicate_entry","ticket_id":"T003","gate":"B","timestamp":"2025-09-30T10:24:50+00:00","earlier":{"scan":3,"gate":"A","timestamp":"2025-09-30T10:11:05+00:00"},"seconds":825},{"scan":25,"kind":"exit_without_entry","ticket_id":"T003","gate":"A","timestamp":"2025-09-30T16:21:30+00:00","earlier":{"scan":24,"gate":"A","timestamp":"2025-09-30T16:20:00+00:00"},"seconds":90}],"skipped":0}"""
        },
        {
            "admit samples/classic-day.ndjson --capacity 5 --tickets samples/classic-tickets.json",
            """{"scans":25,"repeated":0,"malformed":0,"capacity":5,"actual":1,"theoretical":1,"peak_actual":6,"peak_theoretical":8,"admitted":9,"released":8,"overrides":1,"rejected":{"already_inside":1,"at_capacity":3},"rejections":[{"scan":5,"ticket_id":"T003","gate":"B","timestamp":"2025-09-30T10:24:50+00:00","reason":"already_inside"},{"scan":9,"ticket_id":"T006","gate":"A","timestamp":"2025-09-30T10:52:45+00:00","reason":"at_capacity"},{"scan":12,"ticket_id":"T007","gate":"A","timestamp":"2025-09-30T11:45:25+00:00","reason":"at_capacity"},{"scan":17,"ticket_id":"T005","gate":"B","timestamp":"2025-09-30T12:55:50+00:00","reason":"at_capacity"}],"warnings":{"capacity_override":1,"exit_without_entry":4,"rapid_reentry":1},"skipped":0}"""
        },
    };

    [Theory, MemberData(nameof(Documents))]
    public async Task a_command_prints_one_document_and_nothing_else(string command, string document)
    {
        var run = await TheProgram.Run([.. command.Split(' '), "--json"]);
        Assert.Equal((0, document + "\n", ""), (run.Status, run.Output, run.Error));
    }

    [Theory]
    [InlineData("occupancy", "scans repeated malformed at occupancy entries exits first_entries by_gate by_ticket_type by_gate_and_ticket_type flow skipped")]
    [InlineData("timeline", "scans repeated malformed step peak points skipped")]
    [InlineData("anomalies", "scans repeated malformed total by_kind anomalies skipped")]
    [InlineData("admit", "scans repeated malformed capacity actual theoretical peak_actual peak_theoretical admitted released overrides rejected rejections warnings skipped")]
    public async Task an_empty_input_has_every_key_in_order(string command, string keys)
    {
        var run = await TheProgram.RunOn("", command == "admit" ? [command, "--capacity", "1", "--json"] : [command, "--json"]);
        Assert.Equal((0, keys), (run.Status, string.Join(' ', run.Json.EnumerateObject().Select(key => key.Name))));
    }

    // The clocks go back in London at 01:00 UTC on that day.
    [Theory]
    [InlineData("Europe/London", "2025-10-26T01:59:59.5+01:00", "2025-10-26T01:00:00+00:00")]
    [InlineData("UTC", "2025-10-26T00:59:59.5+00:00", "2025-10-26T01:00:00+00:00")]
    [InlineData("-03:30", "2025-10-25T21:29:59.5-03:30", "2025-10-25T21:30:00-03:30")]
    public async Task a_long_list_is_written_like_everything_else(string zone, string first, string second)
    {
        string[] texts = ["T1", "a\"b", "back\\slash", "tab\tend", "del\u007F", "Tür", "\u2028", "🎟", "<&'+>`"];
        var input = string.Concat(texts.SelectMany(text => new[] { "2025-10-26T00:59:59.500Z", "2025-10-26T01:00:00Z", "1969-12-31T23:59:59.25Z" }.Select(time =>
            JsonSerializer.Serialize(new { ticket_id = text, gate = text, scan_type = "entry", timestamp = time }) + "\n")));
        var run = await TheProgram.RunOn(input, "anomalies", "--json", "--zone", zone);

        var rows = run.Json.GetProperty("anomalies").EnumerateArray().ToList();
        Assert.Equal((0, texts.Length * 2), (run.Status, rows.Count));
        Assert.Equal(texts.Concat(texts), rows.Select(row => row.GetProperty("ticket_id").GetString()));
        Assert.Equal(texts.Concat(texts), rows.Select(row => row.GetProperty("earlier").GetProperty("gate").GetString()));
        Assert.Equal([first, second], rows.Select(row => row.GetProperty("timestamp").GetString()).Distinct());

        var gates = (await TheProgram.RunOn(input, "occupancy", "--json")).Output;
        Assert.All(rows, row => Assert.Contains(row.GetProperty("gate").GetRawText() + ":", gates, StringComparison.Ordinal));
    }

    [Fact]
    public async Task seconds_are_exact_and_positions_count_every_element()
    {
        var scans = TheProgram.Scans("T1 A entry 10:00:00") + "not json\n" + TheProgram.Scans("T1 A entry 10:00:00", "T1 A exit 10:01:00", "T1 B entry 10:01:02.500250");
        var run = await TheProgram.RunOn(scans, "anomalies", "--json");
        Assert.Equal(3, run.Status);
        Assert.Equal((3, 1, 1), (Number(run.Json, "scans"), Number(run.Json, "repeated"), Number(run.Json, "malformed")));
        var anomaly = Assert.Single(run.Json.GetProperty("anomalies").EnumerateArray());
        Assert.Equal(("rapid_reentry", 5, "2.50025"), (anomaly.GetProperty("kind").GetString(), Number(anomaly, "scan"), anomaly.GetProperty("seconds").GetRawText()));
        Assert.Equal(4, Number(anomaly.GetProperty("earlier"), "scan"));
    }

    [Fact]
    public async Task names_are_written_as_they_are_and_sorted_ordinally()
    {
        var run = await TheProgram.RunOn(TheProgram.Scans("T1 b entry 10:00:00", "T2 Ä entry 10:00:00", "T3 入口 entry 10:00:00", "T4 B entry 10:00:00", "T5 <&> entry 10:00:00"), "occupancy", "--json");
        Assert.Contains("""by_gate":{"<&>":1,"B":1,"b":1,"Ä":1,"入口":1}""", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task times_are_in_the_zone_on_both_sides_of_a_change_of_clocks()
    {
        var scans = TheProgram.Scans("T1 A entry 2025-10-26T00:30:00Z", "T1 A exit 2025-10-26T01:30:00Z");
        var run = await TheProgram.RunOn(scans, "timeline", "--step", "1h", "--zone", "Europe/London", "--json");
        Assert.Equal(
            ["2025-10-26T01:00:00+01:00", "2025-10-26T01:00:00+00:00", "2025-10-26T02:00:00+00:00"],
            run.Json.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("at").GetString()));
        Assert.Equal("2025-10-26T01:30:00+01:00", run.Json.GetProperty("peak").GetProperty("at").GetString());
    }

    [Theory]
    [InlineData("2025-09-30T10:30", 1)]
    [InlineData("2025-09-30T10:30+00:00", 0)]
    [InlineData("2025-09-30 09:29:59Z", 1)]
    public async Task at_is_in_the_zone_where_it_has_no_offset(string at, long inside)
    {
        var scans = TheProgram.Scans("T1 A entry 10:00:00", "T1 A exit 11:30:00");
        var run = await TheProgram.RunOn(scans, "occupancy", "--zone", "Europe/London", "--at", at, "--json");
        Assert.Equal(inside, Number(run.Json, "occupancy"));
    }

    [Fact]
    public async Task without_tickets_more_can_go_out_than_came_in()
    {
        const string door = "Door,Direction,When\nSide,In,30/9/2025 8:11\nSide,Out,30/9/2025 8:12\nSide,Out,30/9/2025 8:12\nSide,Alarm,30/9/2025 8:13\n";
        var run = await TheProgram.RunOn(door, "occupancy", "--anonymous", "--map", "gate=Door,scan_type=Direction,timestamp=When", "--entry", "In", "--exit", "Out", "--time-format", "d/M/yyyy H:mm", "--json");
        Assert.Equal((-1, 1, 2, 1), (Number(run.Json, "occupancy"), Number(run.Json, "entries"), Number(run.Json, "exits"), Number(run.Json, "skipped")));
        Assert.Equal(0, run.Status);
    }

    private static long Number(JsonElement document, string key) => document.GetProperty(key).GetInt64();
}
