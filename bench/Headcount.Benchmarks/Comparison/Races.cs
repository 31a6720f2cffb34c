namespace Headcount.Benchmarks.Comparison;

/// <summary>Who runs against whom, on what.</summary>
internal static class Races
{
    private const string Script = "bench/baselines/occupancy.py";
    private const string DuckScript = "bench/baselines/duckdb.mjs";
    private const string DuckPackage = "bench/baselines/node_modules/@duckdb/node-api";

    private static readonly string[] OccupancyKeys =
        ["scans", "occupancy", "entries", "exits", "first_entries", "by_gate", "by_ticket_type", "by_gate_and_ticket_type"];

    /// <summary>All races on the input in a folder.</summary>
    public static IReadOnlyList<Race> On(string data)
    {
        var (plain, full, tickets) = (Path.Combine(data, "brief.ndjson"), Path.Combine(data, "full.ndjson"), Path.Combine(data, "tickets.json"));
        var packed = plain + ".gz";
        var lines = new Contender("wc -l (floor)", ["wc", "-l", plain]) { Needs = "wc" };
        var unpacked = new Contender("gzip -dc (floor)", ["gzip", "-dc", packed]) { Needs = "gzip" };
        return
        [
            new("occupancy", plain, [.. Occupancy(plain, tickets), Jq(data), lines]),
            new("anomalies", plain, [.. Anomalies(plain), lines]),
            new("occupancy without a register", plain, [.. Occupancy(plain, null), lines]),
            new("occupancy, gzip", plain, [.. Occupancy(packed, tickets), unpacked]),
            new("anomalies, gzip", plain, [.. Anomalies(packed), unpacked]),
            new("occupancy, with ids", full, [.. Occupancy(full, tickets, hasIds: true)]),
            new("anomalies, with ids", full, [.. Anomalies(full, hasIds: true)]),
            new("start: help", null, [new("headcount", ["./headcount", "--help"])]),
            new("start: a small file", null, [new("headcount", ["./headcount", "occupancy", "samples/classic-day.ndjson", "--json"])]),
        ];
    }

    private static Contender[] Occupancy(string input, string? tickets, bool hasIds = false)
    {
        string[] register = tickets is null ? [] : [tickets];
        return
        [
            new("headcount", ["./headcount", "occupancy", input, "--by", "gate,ticket_type", .. register.SelectMany(file => new[] { "--tickets", file }), "--json"]),
            new("DuckDB", [.. Duck(hasIds), "occupancy", input, .. register]) { Needs = DuckPackage, Keys = OccupancyKeys },
            new("script", ["python3", Script, "occupancy", input, .. register]) { Needs = "python3", Keys = OccupancyKeys },
        ];
    }

    // Everybody lists every anomaly; DuckDB fastest into a file of its own.
    private static Contender[] Anomalies(string input, bool hasIds = false) =>
    [
        new("headcount", ["./headcount", "anomalies", input, "--json"]),
        new("DuckDB", [.. Duck(hasIds), "anomalies", input, $"{input}.anomalies"]) { Needs = DuckPackage, Keys = ["by_kind"] },
        new("script", ["python3", Script, "anomalies", input]) { Needs = "python3", Keys = ["scans", "by_kind", "places_by_kind", "earlier_by_kind"] },
    ];

    private static string[] Duck(bool hasIds) => hasIds ? ["env", "IDS=1", "node", DuckScript] : ["node", DuckScript];

    private static Contender Jq(string data)
    {
        var tenth = Path.Combine(data, "tenth.ndjson");
        return new Contender("jq (a tenth, times 10)", ["jq", "-n", "-c", "-f", "bench/baselines/occupancy.jq", tenth])
        {
            Needs = "jq",
            Keys = ["occupancy"],
            OneIn = 10,
            SameOfPart = ["./headcount", "occupancy", tenth, "--json"],
        };
    }
}
