using System.Text;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Gate.Messages;
using Headcount.Server.Problems;
using Headcount.Streams;

namespace Headcount.Server.Gate;

/// <summary>Why a body is no scan that this caller may hand in.</summary>
/// <param name="Status">400 where it cannot be read, 422 where fields are wrong, 403 where the caller may not.</param>
/// <param name="Code">The problem's code.</param>
/// <param name="Error">A sentence for a person.</param>
/// <param name="Errors">Every wrong field.</param>
internal sealed record ScanProblem(int Status, string Code, string Error, IReadOnlyDictionary<string, string>? Errors = null)
{
    public ProblemException ToException() => new(Status, Code, Error, Errors);
}

/// <summary>Turns a body into a scan: what it leaves out is filled in from the device, and what the device may not do is refused.</summary>
/// <remarks>Any thread; a reader for each is kept.</remarks>
internal static class ScanReading
{
    /// <summary>The longest a supervisor's reason may be, in characters.</summary>
    public const int MostReason = 200;

    [ThreadStatic]
    private static ScanJson? _json;

    /// <summary>Reads a body.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="caller">Who sent it.</param>
    /// <param name="isFact">Whether it was decided elsewhere even where it does not say so: in a batch.</param>
    /// <param name="request">The scan.</param>
    /// <returns>Null, or what is wrong with it.</returns>
    public static ScanProblem? Read(ReadOnlySpan<byte> json, Caller caller, bool isFact, out ScanRequest request)
    {
        request = default;
        var fields = default(ScanFields);
        if ((_json ??= new ScanJson()).Read(json, ref fields) is { } unreadable)
            return new ScanProblem(400, ProblemCodes.Unreadable, $"The body cannot be read: {unreadable}.");
        return fields.IsNoObject ? Malformed(fields.Errors!) : Understand(ref fields, caller, isFact, out request);
    }

    /// <summary>Finds who sent a message, from the device and the gate that it names; either may be empty.</summary>
    /// <returns>Null, or why nobody can be named.</returns>
    public delegate ScanProblem? SenderFinder(ReadOnlySpan<byte> device, ReadOnlySpan<byte> gate, out Sender? sender);

    /// <summary>Reads a message, whose way to us may say the gate, and whose body may be all that says who sent it.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="gate">The gate that its topic names; the body's wins.</param>
    /// <param name="find">Finds the sender.</param>
    /// <param name="sender">Who sent it; null where that could not be found out.</param>
    /// <param name="request">The scan.</param>
    /// <returns>Null, or what is wrong with it.</returns>
    public static ScanProblem? ReadMessage(ReadOnlySpan<byte> json, ReadOnlySpan<byte> gate, SenderFinder find, out Sender? sender, out ScanRequest request)
    {
        (sender, request) = (null, default);
        var fields = default(ScanFields);
        if ((_json ??= new ScanJson()).Read(json, ref fields) is { } unreadable)
            return new ScanProblem(400, ProblemCodes.Unreadable, $"The message cannot be read: {unreadable}.");
        if (fields.IsNoObject) return Malformed(fields.Errors!);
        if (fields.Gate.IsEmpty) fields.Gate = gate;
        return find(fields.Device, fields.Gate, out sender) is { } unknown ? unknown : Understand(ref fields, sender!.Caller, isFact: false, out request);
    }

    private static ScanProblem Malformed(FieldErrors errors) => new(422, ProblemCodes.Malformed, $"The scan is malformed: {errors.Sentence}.", errors);

    /// <summary>A scan's id where a body has one that can be told in an answer, whatever else is wrong with it.</summary>
    public static string? ScanIdOf(ReadOnlySpan<byte> json) => IdsOf(json).ScanId;

    /// <summary>What a body calls its scan, its ticket and its device, as far as that can be told in an answer, whatever else is wrong with it.</summary>
    public static (string? ScanId, string? TicketId, string? DeviceId) IdsOf(ReadOnlySpan<byte> json)
    {
        var fields = default(ScanFields);
        if ((_json ??= new ScanJson()).Read(json, ref fields) is not null) return default;
        return (TextOf(fields.ScanId, ScanId.MaxLength), TextOf(fields.Ticket, TicketId.MaxLength), TextOf(fields.Device, DeviceId.MaxLength));
    }

    private static string? TextOf(ReadOnlySpan<byte> text, int max) =>
        !text.IsEmpty && ElementReading.IsInBounds(text, max, required: false) ? Encoding.UTF8.GetString(text) : null;

    private static ScanProblem? Understand(ref ScanFields fields, Caller caller, bool isFact, out ScanRequest request)
    {
        request = default;
        var device = caller.Device;
        var type = ScanType.Entry;
        if (!fields.Type.IsEmpty || device?.Direction is null)
        {
            if (ElementReading.TryReadType(fields.Type, out var exit))
                type = exit ? ScanType.Exit : ScanType.Entry;
            else
                fields.Wrong("scan_type", ElementReading.WrongType("scan_type", fields.Type));
        }
        else
        {
            type = device.Direction.Value;
        }

        var isGateGiven = !fields.Gate.IsEmpty;
        Check(ref fields, "ticket_id", fields.Ticket, IsCode(fields.Ticket) ? TicketCode.MaxLength : TicketId.MaxLength, required: true);
        Check(ref fields, "gate", fields.Gate, GateName.MaxLength, required: device?.Gate is null);
        Check(ref fields, "device_id", fields.Device, DeviceId.MaxLength, required: false);
        Check(ref fields, "scan_id", fields.ScanId, ScanId.MaxLength, required: false);
        if (!Timestamp.TryParse(fields.Timestamp, device?.Clock ?? Zone.Utc, out var timestamp)) fields.Wrong("timestamp", ElementReading.WrongTime("timestamp", fields.Timestamp));
        var decision = TakeDecision(ref fields, isFact);
        if (fields.HasOverride) CheckOverride(ref fields, decision.IsFact);
        if (fields.Errors is { } errors) return Malformed(errors);

        var gate = isGateGiven ? GateOf(fields.Gate, device) : device!.Gate!.Value;
        var noted = ScanWarnings.None;
        if (device is not null)
        {
            if (!fields.Device.IsEmpty && !fields.Device.SequenceEqual(device.DeviceIdUtf8)) noted |= ScanWarnings.DeviceMismatch;
            if (device.Gate is { } bound && gate != bound)
            {
                // A fact has happened, and an exit is never refused; both are noted.
                if (type == ScanType.Entry && !decision.IsFact)
                    return new ScanProblem(403, ProblemCodes.Forbidden, $"This device may let people in at gate {bound.Value} only.");
                noted |= ScanWarnings.WrongGate;
            }
        }

        if (device is { ValidateOnly: true } && type == ScanType.Entry && !decision.IsFact)
            return new ScanProblem(403, ProblemCodes.Forbidden, "This device looks at tickets only, and lets nobody in: GET /api/tickets/{ticket_id}/validate.");

        if (fields.HasOverride && !caller.MaySupervise)
            return new ScanProblem(403, ProblemCodes.Forbidden, "This caller may not override: it takes the scope 'supervise' of a device, or the role of a supervisor.");

        var scan = new Scan(
            new TicketId(Encoding.UTF8.GetString(fields.Ticket)), gate, type, timestamp,
            device?.DeviceId ?? (fields.Device.IsEmpty ? null : new DeviceId(Encoding.UTF8.GetString(fields.Device))),
            fields.ScanId.IsEmpty ? null : new ScanId(Encoding.UTF8.GetString(fields.ScanId)));
        request = new ScanRequest(scan)
        {
            Override = fields.HasOverride ? new SupervisorOverride(caller.Name, Encoding.UTF8.GetString(fields.OverrideReason)) : null,
            Noted = noted,
            IsFact = decision.IsFact,
            WasRefused = decision.WasRefused,
            Reason = decision.Reason,
        };
        return null;
    }

    private static bool IsCode(ReadOnlySpan<byte> ticket) => ticket.Length > TicketCode.Prefix.Length && Ascii.EqualsIgnoreCase(ticket[..TicketCode.Prefix.Length], TicketCode.Prefix);

    private static GateName GateOf(ReadOnlySpan<byte> gate, CallingDevice? device) =>
        device?.Gate is { } bound && gate.SequenceEqual(device.GateUtf8) ? bound : new GateName(Encoding.UTF8.GetString(gate));

    private static void Check(ref ScanFields fields, string field, ReadOnlySpan<byte> text, int max, bool required)
    {
        if (!ElementReading.IsInBounds(text, max, required)) fields.Wrong(field, ElementReading.OutOfBounds(field, text, max));
    }

    private readonly record struct Decided(bool IsFact, bool WasRefused, RefusalReason Reason);

    private static Decided TakeDecision(ref ScanFields fields, bool isFact)
    {
        var refused = false;
        if (fields.Decided.SequenceEqual("rejected"u8))
            (isFact, refused) = (true, true);
        else if (fields.Decided.SequenceEqual("accepted"u8))
            isFact = true;
        else if (!fields.Decided.IsEmpty)
            fields.Wrong("decided", $"decided '{ElementReading.Excerpt(fields.Decided)}' is neither accepted nor rejected");

        // A line of a log says it in its own words: what was refused counts for nobody, and not every record is a scan.
        if (fields.Outcome.SequenceEqual("annulled"u8) || fields.Outcome.SequenceEqual("closed"u8))
            fields.Wrong("outcome", $"outcome '{ElementReading.Excerpt(fields.Outcome)}' is that of a record of a log that is no scan");
        if (fields.Decided.IsEmpty && fields.Outcome.SequenceEqual("rejected"u8)) (isFact, refused) = (true, true);

        var reason = RefusalReason.None;
        if (refused && !fields.Reason.IsEmpty && !Codes.TryParseReason(Encoding.UTF8.GetString(fields.Reason), out reason))
            fields.Wrong("reason", $"reason '{ElementReading.Excerpt(fields.Reason)}' is none of those for which an entry is refused");
        return new Decided(isFact, refused, reason);
    }

    private static void CheckOverride(ref ScanFields fields, bool isFact)
    {
        if (isFact)
            fields.Wrong("override", "override is for a scan that is to be decided now, not for one that was decided elsewhere");
        else if (!ElementReading.IsInBounds(fields.OverrideReason, MostReason, required: true))
            fields.Wrong("override", ElementReading.OutOfBounds("override.reason", fields.OverrideReason, MostReason));
    }
}
