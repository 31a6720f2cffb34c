using System.Text;
using Headcount.Core;
using Headcount.Data.Audit;
using Headcount.Data.Model;

namespace Headcount.Server.Access;

/// <summary>Who makes a request: a device or an account.</summary>
public sealed record Caller
{
    /// <summary>What it goes by in logs and records: the device's id, or the account's e-mail.</summary>
    public required string Name { get; init; }

    /// <summary>The device whose token it showed; null = an account.</summary>
    public CallingDevice? Device { get; init; }

    /// <summary>The account's role where the request is about, or everywhere as long as that is not known; null = a device, or an account without rights there.</summary>
    public AccountRole? Role { get; init; }

    /// <summary>The account's roles in single organisations, beside <see cref="Role"/>.</summary>
    public IReadOnlyDictionary<long, AccountRole> Memberships { get; init; } = NoMemberships;

    /// <summary>The greatest role that it has anywhere.</summary>
    public AccountRole? HighestRole { get; private init; }

    /// <summary>The account's user; null = a device.</summary>
    public string? UserId { get; init; }

    /// <summary>Whether it may hand in scans.</summary>
    public bool MayScan => May(Right.Scan);

    /// <summary>Whether it may read counts, the log and the live feed.</summary>
    public bool MayReadCounts => May(Right.ReadCounts);

    /// <summary>Whether it may override, look tickets up and annul any scan.</summary>
    public bool MaySupervise => May(Right.Supervise);

    /// <summary>Whether it may change events, tickets and devices.</summary>
    public bool MayOrganise => May(Right.Organise);

    private static readonly IReadOnlyDictionary<long, AccountRole> NoMemberships = new Dictionary<long, AccountRole>();

    /// <summary>An account, with what it may everywhere and in single organisations.</summary>
    public static Caller OfAccount(string userId, string name, AccountRole? role, IReadOnlyDictionary<long, AccountRole> memberships)
    {
        ArgumentNullException.ThrowIfNull(memberships);
        var highest = memberships.Count == 0 ? role : memberships.Values.Append(role ?? AccountRole.Viewer).Max();
        return new Caller { UserId = userId, Name = name, Role = role, Memberships = memberships, HighestRole = highest };
    }

    /// <summary>The same caller with what it may at the events of an organisation.</summary>
    public Caller At(long organisationId) => Memberships.TryGetValue(organisationId, out var role) && !(Role >= role) ? this with { Role = role } : this;

    /// <summary>Whether it has a right where the request is about. This is the one place where rights follow from roles and scopes.</summary>
    public bool May(Right right) => May(right, Role);

    /// <summary>Whether it has a right at some event, or everywhere: what can be said before it is known which event a request is about.</summary>
    public bool MaySomewhere(Right right) => right == Right.Administer ? May(right) : May(right, HighestRole);

    /// <summary>The same, as what it changes is written down.</summary>
    internal Actor ToActor(string via, TimeProvider time) => new(UserId, Name, Device is null ? via : "device", time);

    private bool May(Right right, AccountRole? role) => right switch
    {
        Right.Known => true,
        Right.Scan => Device is not null || role >= AccountRole.Steward,
        Right.ReadCounts => Device is { MayReadCounts: true } || role >= AccountRole.Viewer,
        Right.Supervise => Device is { MaySupervise: true } || role >= AccountRole.Supervisor,
        Right.ReadRegister => Device is { MayReadRegister: true } or { MaySupervise: true } || role >= AccountRole.Supervisor,
        Right.Organise => role >= AccountRole.Organiser,
        Right.Own => role == AccountRole.Owner,
        _ => Role == AccountRole.Owner,
    };
}

/// <summary>A device as its token knows it.</summary>
/// <param name="DeviceId">Its id.</param>
/// <param name="EventId">Its event.</param>
/// <param name="Gate">The gate it is bound to; null = any.</param>
/// <param name="Direction">What a body without a direction means.</param>
/// <param name="Clock">The zone of its clock.</param>
/// <param name="MayReadCounts">Scope <c>counts</c>.</param>
/// <param name="MayReadRegister">Scope <c>register</c>.</param>
/// <param name="MaySupervise">Scope <c>supervise</c>.</param>
public sealed record CallingDevice(DeviceId DeviceId, long EventId, GateName? Gate, ScanType? Direction, Zone Clock, bool MayReadCounts, bool MayReadRegister, bool MaySupervise)
{
    /// <summary>Whether it only looks at tickets, and lets nobody in.</summary>
    public bool ValidateOnly { get; init; }

    /// <summary>What it does while it is cut off; null = what is declared for its gate.</summary>
    public DegradedMode? DegradedMode { get; init; }

    /// <summary>Its id as bodies write it.</summary>
    internal byte[] DeviceIdUtf8 { get; } = Encoding.UTF8.GetBytes(DeviceId.Value);

    /// <summary>Its gate as bodies write it.</summary>
    internal byte[] GateUtf8 { get; } = Encoding.UTF8.GetBytes(Gate?.Value ?? "");
}

/// <summary>What a caller must be allowed for an endpoint to answer.</summary>
public enum Right
{
    /// <summary>To be somebody.</summary>
    Known,

    /// <summary>To hand in scans.</summary>
    Scan,

    /// <summary>To read counts, the log and the live feed.</summary>
    ReadCounts,

    /// <summary>To override, look tickets up and annul.</summary>
    Supervise,

    /// <summary>To read the register.</summary>
    ReadRegister,

    /// <summary>To change events, tickets and devices.</summary>
    Organise,

    /// <summary>To say who belongs to an organisation.</summary>
    Own,

    /// <summary>To change what concerns the whole server.</summary>
    Administer,
}
