namespace Headcount.Core;

/// <summary>What the rules say of one scan.</summary>
/// <param name="Reason">Why it is refused; <see cref="RefusalReason.None"/> = it is let through.</param>
/// <param name="Warnings">What is noted on it.</param>
public readonly record struct Verdict(RefusalReason Reason, ScanWarnings Warnings);

/// <summary>All that a verdict depends on.</summary>
public readonly ref struct Circumstances
{
    /// <summary>What the venue allows.</summary>
    public required AdmissionRules Rules { get; init; }

    /// <summary>What the ticket allows; null = the register lacks it.</summary>
    public required TicketTerms? Terms { get; init; }

    /// <summary>How the ticket stands just before the scan.</summary>
    public required TicketStanding Standing { get; init; }

    /// <summary>When it is, as far as validity and re-entry go.</summary>
    public required Instant At { get; init; }

    /// <summary>At which gate.</summary>
    public required GateName Gate { get; init; }

    /// <summary>In or out.</summary>
    public required ScanType Type { get; init; }

    /// <summary>How many are inside just before the scan.</summary>
    public required long Actual { get; init; }

    /// <summary>Whether a supervisor let it pass a full house.</summary>
    public bool Overridden { get; init; }

    /// <summary>What the code says that the ticket was shown by; null = a plain id.</summary>
    public CodeTerms? Code { get; init; }

    internal TicketTypeRules? TypeRules => Rules.OfType(Terms?.TicketType);
}

/// <summary>The rules of the gate as one pure function: no state, no clock, any thread.</summary>
public static class AdmissionPolicy
{
    private delegate bool Condition(in Circumstances scan, TicketTypeRules? type);

    // In the order in which the reasons are declared: the first that applies is given. A static check holds the two together.
    private static readonly Condition[] Conditions = InOrder(
        (RefusalReason.UnknownGate, (in scan, _) => scan.Rules.Gates.Count > 0 && !scan.Rules.Gates.Contains(scan.Gate.Value)),
        (RefusalReason.UnknownTicket, (in scan, _) => scan.Terms is null || scan.Code is { IsMissing: true }),
        (RefusalReason.Revoked, (in scan, _) => scan.Terms?.Status == TicketStatus.Revoked || scan.Code is { IsRevoked: true }),
        (RefusalReason.Unpaid, (in scan, _) => scan.Terms?.Status == TicketStatus.Unpaid),
        (RefusalReason.OutsideValidity, (in scan, type) =>
            IsOutside(scan.At, scan.Rules.OpensAt, scan.Rules.ClosesAt)
            || IsOutside(scan.At, scan.Terms?.ValidFrom, scan.Terms?.ValidUntil)
            || IsOutside(scan.At, type?.ValidFrom, type?.ValidUntil)
            || (scan.Code is { } code && IsOutside(scan.At, code.ValidFrom, code.ValidUntil))),
        (RefusalReason.WrongGate, (in scan, type) => Excludes(scan.Terms?.Gates, scan.Gate) || Excludes(type?.Gates, scan.Gate)),
        (RefusalReason.AlreadyInside, (in scan, _) => scan.Standing.IsPresent),
        (RefusalReason.NoReentry, (in scan, type) =>
            scan.Standing is { EverEntered: true, IsPresent: false } && (scan.Terms is { SingleEntry: true } || type is { SingleEntry: true })),
        (RefusalReason.TooSoon, (in scan, _) => scan.Rules.RejectRapidReentry && IsRapid(in scan)),
        (RefusalReason.AtCapacity, (in scan, type) =>
            scan.Actual >= scan.Rules.FirmCapacity
            || (scan.Actual >= scan.Rules.Capacity && !scan.Overridden && type is not { Override: true })));

    /// <summary>Decides a scan now: an exit is let through always, an entry unless a reason applies, and the first one is given.</summary>
    public static Verdict Judge(in Circumstances scan) => Judge(in scan, scan.TypeRules);

    internal static Verdict Judge(in Circumstances scan, TicketTypeRules? type)
    {
        if (scan.Type == ScanType.Exit) return new Verdict(RefusalReason.None, WarningsOfExit(in scan));
        for (var i = 0; i < Conditions.Length; i++)
        {
            if (Conditions[i](in scan, type)) return new Verdict((RefusalReason)(i + 1), ScanWarnings.None);
        }

        return new Verdict(RefusalReason.None, WarningsOfEntry(in scan));
    }

    /// <summary>What there is to note on a scan that was let through elsewhere: every reason that would have applied to an entry, and what a live one is warned of.</summary>
    public static ScanWarnings Note(in Circumstances fact)
    {
        if (fact.Type == ScanType.Exit) return WarningsOfExit(in fact);
        var warnings = ScanWarnings.None;
        var type = fact.TypeRules;
        for (var i = 0; i < Conditions.Length; i++)
        {
            if (Conditions[i](in fact, type)) warnings |= WarningOf((RefusalReason)(i + 1));
        }

        if (IsRapid(in fact)) warnings |= ScanWarnings.RapidReentry;
        if (fact.Actual >= fact.Rules.Capacity && (warnings & ScanWarnings.AtCapacity) == 0) warnings |= ScanWarnings.CapacityOverride;
        return warnings;
    }

    private static ScanWarnings WarningsOfExit(in Circumstances scan) =>
        scan.Standing.IsPresent ? ScanWarnings.None : ScanWarnings.ExitWithoutEntry;

    private static ScanWarnings WarningsOfEntry(in Circumstances scan) =>
        (IsRapid(in scan) ? ScanWarnings.RapidReentry : 0)
        | (scan.Actual >= scan.Rules.Capacity ? ScanWarnings.CapacityOverride : 0);

    private static bool IsRapid(in Circumstances scan) =>
        !scan.Standing.IsPresent && scan.Standing.LatestExit is { } exit && scan.At - exit < scan.Rules.ReentryWindow;

    private static bool IsOutside(Instant at, Instant? from, Instant? until) => at < from || at >= until;

    private static bool Excludes(IReadOnlyList<GateName>? gates, GateName gate)
    {
        if (gates is null || gates.Count == 0) return false;
        for (var i = 0; i < gates.Count; i++)
        {
            if (gates[i] == gate) return false;
        }

        return true;
    }

    private static ScanWarnings WarningOf(RefusalReason reason) => reason switch
    {
        RefusalReason.UnknownGate => ScanWarnings.UnknownGate,
        RefusalReason.UnknownTicket => ScanWarnings.UnknownTicket,
        RefusalReason.Revoked => ScanWarnings.Revoked,
        RefusalReason.Unpaid => ScanWarnings.Unpaid,
        RefusalReason.OutsideValidity => ScanWarnings.OutsideValidity,
        RefusalReason.WrongGate => ScanWarnings.WrongGate,
        RefusalReason.AlreadyInside => ScanWarnings.AlreadyInside,
        RefusalReason.NoReentry => ScanWarnings.NoReentry,
        RefusalReason.TooSoon => ScanWarnings.RapidReentry,
        RefusalReason.AtCapacity => ScanWarnings.AtCapacity,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "A warning is of a reason."),
    };

    private static Condition[] InOrder(params (RefusalReason Reason, Condition Applies)[] table)
    {
        for (var i = 0; i < table.Length; i++)
        {
            if ((int)table[i].Reason != i + 1) throw new InvalidOperationException($"{table[i].Reason} is out of its order of precedence.");
        }

        return [.. table.Select(row => row.Applies)];
    }
}
