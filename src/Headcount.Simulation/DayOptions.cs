using System.Globalization;
using Headcount.Core;

namespace Headcount.Simulation;

/// <summary>What kind of day to simulate. The same options give the same day, to the byte.</summary>
public sealed record DayOptions
{
    /// <summary>The most tickets a day can have.</summary>
    public const int MostAttendees = 10_000_000;

    /// <summary>The most gates a venue can have.</summary>
    public const int MostGates = 1_000;

    /// <summary>The most scans that can be asked for by <see cref="Scans"/>.</summary>
    public const int MostScans = 100_000_000;

    /// <summary>The most scans that one attendee can be made to cause on average by <see cref="Scans"/>.</summary>
    public const int MostScansPerAttendee = 60;

    private static readonly DateOnly FirstDay = DateOnly.MinValue.AddDays(2);
    private static readonly DateOnly LastDay = DateOnly.MaxValue.AddDays(-2);

    /// <summary>Tickets sold, 0 to <see cref="MostAttendees"/>.</summary>
    public int Attendees { get; init; } = 1_000;

    /// <summary>Gates, 1 to <see cref="MostGates"/>: A to Z, then A1 to Z1, A2 and so on.</summary>
    public int Gates { get; init; } = 4;

    /// <summary>The day. Crew comes from 07:00, the doors open at 10:00, the main act plays at 20:00, and all are gone before midnight, on the venue's clock.</summary>
    public DateOnly Day { get; init; } = new(2025, 9, 30);

    /// <summary>What chance is made from.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The venue's zone: the day's hours are on its clock.</summary>
    public Zone Zone { get; init; } = Zone.Utc;

    /// <summary>What goes wrong, and how often.</summary>
    public FaultRates Faults { get; init; } = FaultRates.Usual;

    /// <summary>The share of tickets whose holders come at all, from 0 to 1.</summary>
    public decimal ShowRate { get; init; } = 0.92m;

    /// <summary>About how many scans the day shall have, reached by more or fewer breaks; null = as many as come about.</summary>
    public long? Scans { get; init; }

    internal int ShowsInAMillion => (int)(ShowRate * Chance.Million);

    /// <summary>The first option that is out of its range, in a sentence that names the range; null where all is well.</summary>
    public string? FindProblem()
    {
        FormattableString? problem =
            Attendees is < 0 or > MostAttendees ? $"Attendees must be from 0 to {MostAttendees:N0}, not {Attendees:N0}."
            : Gates is < 1 or > MostGates ? $"Gates must be from 1 to {MostGates:N0}, not {Gates:N0}."
            : ShowRate is < 0 or > 1 ? $"The show rate must be a share from 0 to 1, not {ShowRate}."
            : Day < FirstDay || Day > LastDay ? $"The day must be from {FirstDay:yyyy-MM-dd} to {LastDay:yyyy-MM-dd}, not {Day:yyyy-MM-dd}."
            : FindProblemOfScans();
        return problem?.ToString(CultureInfo.InvariantCulture);
    }

    private FormattableString? FindProblemOfScans()
    {
        if (Scans is not { } scans) return null;
        var visits = (long)Attendees * ShowsInAMillion / Chance.Million;
        if (visits == 0) return $"Nobody comes, so there can be no {scans:N0} scans: raise the attendees or the show rate.";
        var (least, most) = (visits * 2, Math.Min(visits * MostScansPerAttendee, MostScans));
        if (least > MostScans) return $"At most {MostScans:N0} scans can be asked for, and {Attendees:N0} attendees make at least {least:N0}.";
        if (scans >= least && scans <= most) return null;
        return $"{Attendees:N0} attendees, of whom a share of {ShowRate} comes, make from {least:N0} to {most:N0} scans, not {scans:N0}: change either number.";
    }
}
