using System.Text;
using Headcount.Core;
using Headcount.Data.Model;

namespace Headcount.Server.Access;

/// <summary>Who makes a request: a device or an account.</summary>
public sealed record Caller
{
    /// <summary>What it goes by in logs and records: the device's id, or the account's e-mail.</summary>
    public required string Name { get; init; }

    /// <summary>The device whose token it showed; null = an account.</summary>
    public CallingDevice? Device { get; init; }

    /// <summary>The account's role; null = a device.</summary>
    public AccountRole? Role { get; init; }

    /// <summary>The account's user; null = a device.</summary>
    public string? UserId { get; init; }

    /// <summary>Whether it may hand in scans.</summary>
    public bool MayScan => Device is not null || Role >= AccountRole.Steward;

    /// <summary>Whether it may read counts, the log and the live feed.</summary>
    public bool MayReadCounts => Device is { MayReadCounts: true } || Role >= AccountRole.Viewer;

    /// <summary>Whether it may override, look tickets up and annul any scan.</summary>
    public bool MaySupervise => Device is { MaySupervise: true } || Role >= AccountRole.Supervisor;

    /// <summary>Whether it may change events, tickets and devices.</summary>
    public bool MayOrganise => Role >= AccountRole.Organiser;
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
    Scan,
    ReadCounts,
    Supervise,
    Organise,
    Own,
}
