namespace Headcount.Server.Access;

/// <summary>What an endpoint, or a page, requires of its callers.</summary>
/// <remarks>Before it is known which event a request is about, whoever has the right at some event is let through; <see cref="EventFinder"/> then asks about that event.</remarks>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RequiredRightAttribute(Right right) : Attribute
{
    public Right Right => right;

    public bool IsGivenTo(Caller caller) => caller.MaySomewhere(right);

    /// <summary>What is missing, for the person who asked.</summary>
    public string Missing => Right switch
    {
        Right.Scan => "This account may not hand in scans: a steward's role or a device's token is needed.",
        Right.ReadCounts => "This device may not read counts: its token lacks the scope 'counts'.",
        Right.Supervise => "This takes a supervisor: the scope 'supervise' of a device, or the role of a supervisor.",
        Right.ReadRegister => "The register is for supervisors and for devices with the scope 'register'.",
        Right.Organise => "This takes an organiser: a token of an account that may change events.",
        Right.Own => "This takes an owner of the organisation.",
        _ => "This takes the owner of the server.",
    };
}

/// <summary>An endpoint whose requests are metered as scans.</summary>
internal sealed class MeteredAsScans
{
    public static readonly MeteredAsScans Mark = new();
}

/// <summary>The content security policy of an endpoint that cannot live with the usual one; put on it with <c>WithMetadata</c>.</summary>
public sealed record ContentPolicy(string Value)
{
    /// <summary>Whether a page of this server may have it in a frame.</summary>
    public bool IsFramed { get; init; }
}
