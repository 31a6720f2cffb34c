using System.CommandLine;
using Headcount.Cli.CommandLine;
using Headcount.Cli.Output;
using Headcount.Core;

namespace Headcount.Cli.Commands;

/// <summary><c>headcount occupancy</c>: how many are inside, and where they came in.</summary>
internal sealed class OccupancyCommand(TimeProvider time, StopSignal stop) : ReadingCommand(
    time,
    stop,
    "occupancy",
    "How many are inside, now or at a time, and where they came in.",
    "./headcount occupancy samples/classic-day.ndjson --at 2025-09-30T11:30 --tickets samples/classic-tickets.json --by gate,ticket_type",
    At,
    Tickets,
    By)
{
    private static readonly Option<string?> At = new("--at") { HelpName = "TIME", Description = "As of this time, in the zone of --zone where it has no offset (default: after the last scan)." };

    private static readonly Option<string[]> By = new("--by")
    {
        HelpName = "gate,ticket_type",
        Description = "What people see: the gates, the ticket types, or the one crossed with the other (default: gates, and ticket types where --tickets is given). JSON has them all.",
    };

    protected override bool TakesAnonymous => true;

    protected override Func<ScanLedger, Register?, Answer> Ask(Values values)
    {
        var at = values.Time(At);
        var by = ReadBy(values);
        return (ledger, register) => new OccupancyAnswer(ledger.Occupancy(at, register), values.Zone, by ?? (register is null ? Breakdown.Gates : Breakdown.Gates | Breakdown.Types));
    }

    private static Breakdown? ReadBy(Values values)
    {
        if (values.List(By) is not { } words) return null;
        var by = default(Breakdown);
        foreach (var word in words)
        {
            by |= word switch
            {
                "gate" => Breakdown.Gates,
                "ticket_type" => Breakdown.Types,
                _ => throw new UsageException($"--by '{word}' is not a breakdown. Write gate, ticket_type, or gate,ticket_type."),
            };
        }

        if (by == default) throw new UsageException("--by names nothing. Write gate, ticket_type, or gate,ticket_type.");
        return by == (Breakdown.Gates | Breakdown.Types) ? Breakdown.Crossed : by;
    }
}
