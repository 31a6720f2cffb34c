namespace Headcount.Server.Access;

/// <summary>What an endpoint requires of its callers.</summary>
internal sealed record RequiredRight(Right Right)
{
    public bool IsGivenTo(Caller caller) => Right switch
    {
        Right.Known => true,
        Right.Scan => caller.MayScan,
        Right.ReadCounts => caller.MayReadCounts,
        Right.Supervise => caller.MaySupervise,
        Right.Organise => caller.MayOrganise,
        _ => caller.Role == Data.Model.AccountRole.Owner,
    };

    /// <summary>What is missing, for the person who asked.</summary>
    public string Missing => Right switch
    {
        Right.Scan => "This account may not hand in scans: a steward's role or a device's token is needed.",
        Right.ReadCounts => "This device may not read counts: its token lacks the scope 'counts'.",
        Right.Supervise => "This takes a supervisor: the scope 'supervise' of a device, or the role of a supervisor.",
        Right.Organise => "This takes an organiser: a token of an account that may change events.",
        _ => "This takes the owner.",
    };
}

/// <summary>An endpoint whose requests are metered as scans.</summary>
internal sealed class MeteredAsScans
{
    public static readonly MeteredAsScans Mark = new();
}

/// <summary>The content security policy of an endpoint that cannot live with the usual one; put on it with <c>WithMetadata</c>.</summary>
public sealed record ContentPolicy(string Value);
