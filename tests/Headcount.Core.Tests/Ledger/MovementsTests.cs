using Headcount.Core;

namespace Headcount.Core.Tests.Ledger;

/// <summary>What a replay plays adds up to what the ledger answers.</summary>
public sealed class MovementsTests
{
    private static readonly Gen<(Scan Scan, bool ClosesDay)> AnyScan =
        from ticket in Gen.Int[1, 6]
        from gate in Gen.Int[1, 3]
        from isEntry in Gen.Bool
        from minute in Gen.Int[0, 40]
        from closes in Gen.Int[0, 15]
        select (new Scan(new TicketId($"T{ticket}"), new GateName($"G{gate}"), isEntry ? ScanType.Entry : ScanType.Exit, At(minute)), closes == 0);

    [Theory]
    [InlineData(LedgerMode.Tickets)]
    [InlineData(LedgerMode.Alternating)]
    [InlineData(LedgerMode.Anonymous)]
    public void the_changes_up_to_any_moment_are_the_occupancy_then(LedgerMode mode) => AnyScan.List[0, 40].Sample(scans =>
    {
        var ledger = new ScanLedger(mode);
        foreach (var (scan, closesDay) in scans)
        {
            ledger.Add(scan);
            if (closesDay && mode == LedgerMode.Tickets) ledger.CloseDay(scan.Timestamp + TimeSpan.FromMinutes(3));
        }

        var movements = ledger.Movements().ToList();
        Assert.Equal(movements.OrderBy(movement => movement.At), movements);
        for (var minute = -1; minute <= 45; minute++)
            Assert.Equal(ledger.Occupancy(At(minute)).Occupancy, movements.Where(movement => movement.At <= At(minute)).Sum(movement => movement.Change));
    });

    private static Instant At(int minute) => new(minute * 60_000_000L);
}
