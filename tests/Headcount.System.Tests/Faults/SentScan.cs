using System.Text.Json;
using System.Text.Json.Nodes;

namespace Headcount.SystemTests.Faults;

/// <summary>What a server answered.</summary>
internal sealed record Reply(int Status, string Text, TimeSpan? RetryAfter)
{
    /// <summary>Whether it says what became of a scan: let through, or refused.</summary>
    public bool IsDecision => Status == 200 || (Status == 403 && Text.StartsWith("{\"status\":\"rejected\"", StringComparison.Ordinal));

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public override string ToString() => $"{Status} {Text}";
}

/// <summary>A scan as a gate sent it, and the answer, once there is one.</summary>
/// <param name="Gate">Which of the venue's gates, and of its devices.</param>
/// <param name="ScanId">Its own id.</param>
/// <param name="TicketId">Whose ticket.</param>
/// <param name="Body">What is sent, each time the same.</param>
internal sealed record SentScan(int Gate, string ScanId, string TicketId, string Body)
{
    public Reply? Answer { get; set; }

    public static SentScan Now(int gate, string scanId, string ticket, bool isExit) => new(gate, scanId, ticket, BodyOf(gate, scanId, ticket, isExit, TimeProvider.System.GetUtcNow()).ToJsonString());

    /// <summary>A line of a batch: what a device let through earlier.</summary>
    public static string Fact(int gate, string scanId, string ticket, bool isExit, DateTimeOffset at) => BodyOf(gate, scanId, ticket, isExit, at).ToJsonString();

    private static JsonObject BodyOf(int gate, string scanId, string ticket, bool isExit, DateTimeOffset at) => new()
    {
        ["ticket_id"] = ticket, ["gate"] = FaultVenue.Gates[gate], ["scan_type"] = isExit ? "exit" : "entry", ["timestamp"] = at.ToString("O"), ["scan_id"] = scanId,
    };
}
