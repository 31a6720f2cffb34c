using Headcount.Core;

namespace Headcount.SystemTests.Repository;

/// <summary>The README's example of the library: what stands there compiles here, and answers what its comments say.</summary>
public sealed class LibraryExampleTests
{
    [Fact]
    public void the_example_answers_what_it_says()
    {
        Scan[] scans =
        [
            new(new TicketId("T001"), new GateName("A"), ScanType.Entry, new DateTimeOffset(2025, 9, 30, 10, 2, 15, TimeSpan.Zero)),
            new(new TicketId("T003"), new GateName("A"), ScanType.Entry, new DateTimeOffset(2025, 9, 30, 10, 11, 5, TimeSpan.Zero)),
            new(new TicketId("T003"), new GateName("B"), ScanType.Entry, new DateTimeOffset(2025, 9, 30, 10, 24, 50, TimeSpan.Zero)),
            new(new TicketId("T001"), new GateName("A"), ScanType.Exit, new DateTimeOffset(2025, 9, 30, 12, 5, 0, TimeSpan.Zero)),
        ];

        var now = scans.Occupancy();                                                                     // 1 inside
        var then = scans.OccupancyAt(new DateTimeOffset(2025, 9, 30, 11, 30, 0, TimeSpan.Zero));         // 2 inside
        var wrong = scans.Anomalies();                                                                   // T003's second entry

        Assert.Equal(1, now.Occupancy);
        Assert.Equal(2, then.Occupancy);
        var anomaly = Assert.Single(wrong.Anomalies);
        Assert.Equal((AnomalyKind.DuplicateEntry, new TicketId("T003"), 3L), (anomaly.Kind, anomaly.TicketId, anomaly.Position));
    }

    [Fact]
    public void the_readme_shows_the_example_word_for_word()
    {
        var here = CSharpExample.Words(Checkout.Read("tests/Headcount.System.Tests/Repository/LibraryExampleTests.cs"));
        Assert.Contains(Assert.Single(CSharpExample.In(Checkout.Read("README.md"))), here, StringComparison.Ordinal);
    }
}
