using System.Diagnostics.Metrics;

namespace Headcount.Engine;

/// <summary>What the engine measures of itself: meter <c>Headcount.Engine</c>.</summary>
internal static class EngineMeter
{
    private static readonly Meter Meter = new("Headcount.Engine");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("headcount.commit.duration", "s", "How long records took to be on disk.");
    private static readonly Histogram<int> Size = Meter.CreateHistogram<int>("headcount.commit.size", "{record}", "How many records were committed together.");

    public static void Committed(int records, TimeSpan took)
    {
        Duration.Record(took.TotalSeconds);
        Size.Record(records);
    }
}
