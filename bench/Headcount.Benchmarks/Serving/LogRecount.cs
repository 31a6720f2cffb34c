using System.Text.Json;
using System.Text.Json.Serialization;
using Headcount.Core;

namespace Headcount.Benchmarks.Serving;

/// <summary>
/// Counts a server's log again and looks whether it could be true: by the library's ledger, which is what the reading commands count with, and by a second
/// reading of the rules that shares nothing with it. A server that is fast and wrong must not pass.
/// </summary>
internal sealed class LogRecount(Venue venue)
{
    private const int MostShown = 5;

    private readonly ScanLedger _ledger = new();
    private readonly HashSet<string> _inside = new(StringComparer.Ordinal);
    private readonly HashSet<(string Device, string ScanId)> _ids = [];
    private DateTimeOffset _receivedAt = DateTimeOffset.MinValue;

    /// <summary>The last number read.</summary>
    public long Seq { get; private set; }

    /// <summary>Reads what was logged since, which is what a run was answered.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(Stream ndjson, Answered answered, CancellationToken cancellation)
    {
        var wrong = new List<string>();
        var (accepted, refused) = (0L, 0L);
        await foreach (var row in JsonSerializer.DeserializeAsyncEnumerable(ndjson, LogJson.Default.LogRow, topLevelValues: true, cancellation))
        {
            if (row is null || row.Seq <= Seq) continue;
            if (row.Outcome == "rejected") refused++;
            else accepted++;
            if (Problem(row) is { } problem && wrong.Count < MostShown) wrong.Add($"record {row.Seq}: {problem}");
            Count(row);
        }

        // At the end of a run some answers were on their way.
        if (accepted < answered.Accepted || refused < answered.Refused || accepted + refused > answered.Accepted + answered.Refused + answered.Unheard)
            wrong.Add($"{answered.Accepted} were accepted and {answered.Refused} refused, says the client; the log says {accepted} and {refused}");
        return wrong;
    }

    /// <summary>Compares with what the server says.</summary>
    public IReadOnlyList<string> Compare(JsonElement current)
    {
        var report = _ledger.Occupancy();
        (string Key, long Expected)[] figures = [("occupancy", report.Occupancy), ("entries", report.Entries), ("exits", report.Exits), ("first_entries", report.FirstEntries), ("occupancy", _inside.Count), ("seq", Seq)];
        return [.. figures.Where(figure => current.GetProperty(figure.Key).GetInt64() != figure.Expected).Select(figure => $"{figure.Key} is {figure.Expected} by a recount, and {current.GetProperty(figure.Key)} says the server")];
    }

    private string? Problem(LogRow row)
    {
        if (row.Seq != Seq + 1) return $"comes after {Seq}";
        if (row.ReceivedAt < _receivedAt) return "was received before the one before it";
        if (row.ScanId is { } id && !_ids.Add((row.DeviceId ?? row.Gate, id))) return $"is the second with scan id {id}";
        var (isInside, isFull) = (_inside.Contains(row.TicketId), _inside.Count >= venue.Capacity && !Venue.IsVip(row.TicketId));
        return (row.Outcome, row.ScanType, row.Reason) switch
        {
            ("accepted", "exit", _) => null,
            ("accepted", "entry", _) => isInside ? "enters and is inside" : isFull ? "enters a full house" : null,
            ("rejected", "entry", "already_inside") => isInside ? null : "is refused as inside and is not",
            ("rejected", "entry", "at_capacity") => !isInside && isFull ? null : "is refused for want of room that is there",
            _ => $"cannot be {row.Outcome} as {row.ScanType} with reason {row.Reason}",
        };
    }

    private void Count(LogRow row)
    {
        (Seq, _receivedAt) = (row.Seq, row.ReceivedAt);
        var type = row.ScanType == "exit" ? ScanType.Exit : ScanType.Entry;
        _ledger.Add(new Scan(
            new TicketId(row.TicketId), new GateName(row.Gate), type, Instant.FromDateTimeOffset(row.Timestamp),
            row.DeviceId is { } device ? new DeviceId(device) : null, row.ScanId is { } id ? new ScanId(id) : null)
        {
            Outcome = row.Outcome == "rejected" ? ScanOutcome.Rejected : ScanOutcome.Accepted,
        });
        if (row.Outcome == "rejected") return;
        if (type == ScanType.Entry)
            _inside.Add(row.TicketId);
        else
            _inside.Remove(row.TicketId);
    }
}

/// <summary>A line of the log as the server gives it.</summary>
internal sealed record LogRow(
    long Seq, string TicketId, string Gate, string ScanType, DateTimeOffset Timestamp, DateTimeOffset ReceivedAt, string? DeviceId, string? ScanId, string Outcome, string? Reason);

/// <summary>Reads the lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LogRow))]
internal sealed partial class LogJson : JsonSerializerContext;
