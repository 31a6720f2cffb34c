using Headcount.Core;

namespace Headcount.Core.Tests.Time;

/// <summary>Generated instants.</summary>
internal static class Instants
{
    /// <summary>Any instant of the years 1 to 9999.</summary>
    public static readonly Gen<Instant> Any = Between(Instant.Min, Instant.Max);

    /// <summary>Instants in which the zones of this world have rules on record.</summary>
    public static readonly Gen<Instant> Recorded = Between(Of("1850-01-01T00:00Z"), Of("2037-12-31T00:00Z"));

    public static Instant Of(string timestamp) =>
        Timestamp.TryParse(timestamp, Zone.Utc, out var instant) ? instant : throw new ArgumentException($"Not a timestamp: {timestamp}");

    private static Gen<Instant> Between(Instant first, Instant last) =>
        Gen.Long[first.Microseconds, last.Microseconds].Select(microseconds => new Instant(microseconds));
}
