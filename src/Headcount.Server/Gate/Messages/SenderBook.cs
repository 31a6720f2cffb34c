using System.Collections.Concurrent;
using System.Text;
using Headcount.Core;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate.Messages;

/// <summary>Finds the senders of messages: by the token that they show, or by the device that they name where whoever carried the message vouches for it.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class SenderBook(TokenTable tokens, EventDirectory events)
{
    /// <summary>How many gates are remembered with the only device of each.</summary>
    public const int MostGates = 1_000;

    private static readonly Caller Nameless = new() { Name = "message" };

    private readonly ConcurrentDictionary<(long EventId, string Gate), (long Version, HeldToken? Token)> _atGates = new();

    /// <summary>Whoever has a token; null = it is not good.</summary>
    public HeldToken? FindToken(ReadOnlySpan<char> token) => tokens.Find(token);

    /// <summary>The sender that has shown a token.</summary>
    /// <param name="identity">Whose token it is.</param>
    /// <param name="slug">The event that the message names, for those who are not bound to one; null = none.</param>
    /// <param name="sender">The sender.</param>
    /// <returns>Null, or why the message has no event.</returns>
    public ScanProblem? Of(Identity identity, string? slug, out Sender? sender)
    {
        sender = null;
        var caller = identity.Caller;
        if (!caller.MayScan) return new ScanProblem(403, ProblemCodes.Forbidden, "This account may not hand in scans: a steward's role or a device's token is needed.");
        if (caller.Device is { } device)
        {
            if (slug is not null && !(events.TryFind(slug, out var named) && named.EventId == device.EventId))
                return new ScanProblem(403, ProblemCodes.Forbidden, "This device belongs to another event. Use a token of the event that is named.");
            sender = new Sender(caller, device.EventId, identity.Proof);
            return null;
        }

        if (EventOf(slug, out var eventId) is { } problem) return problem;
        sender = new Sender(caller, eventId, identity.Proof);
        return null;
    }

    /// <summary>The device that a message names, on the word of the broker that carried it.</summary>
    public ScanProblem? Named(ReadOnlySpan<byte> deviceId, out Sender? sender)
    {
        sender = null;
        var id = Encoding.UTF8.GetString(deviceId);
        if (tokens.FindDevice(id) is not { } token)
            return new ScanProblem(403, ProblemCodes.UnknownDevice, $"There is no device '{Names.Excerpt(id)}', or it has no valid token any more. Make it: POST /api/events/SLUG/devices.");
        sender = Vouched(token);
        return null;
    }

    /// <summary>Somebody who names no device, on the word of the broker that carried the message.</summary>
    public ScanProblem? Unnamed(string? slug, out Sender? sender)
    {
        var problem = EventOf(slug, out var eventId);
        sender = problem is null ? new Sender(Nameless, eventId, null) : null;
        return problem;
    }

    /// <summary>Somebody on a closed network, of an event: the device that the body names, else the one that is called like the client, else the only one that is bound to the gate; else nobody in particular.</summary>
    public ScanProblem? Anonymous(string slug, ReadOnlySpan<byte> deviceId, string? clientId, ReadOnlySpan<byte> gate, out Sender? sender)
    {
        if (EventOf(slug, out var eventId) is { } problem)
        {
            sender = null;
            return problem;
        }

        var id = deviceId.IsEmpty ? clientId : Encoding.UTF8.GetString(deviceId);
        var token = id is null ? null : tokens.FindDevice(id);
        if (token?.Identity.Caller.Device?.EventId != eventId) token = deviceId.IsEmpty && !gate.IsEmpty ? AtGate(eventId, Encoding.UTF8.GetString(gate)) : null;
        sender = token is not null ? Vouched(token) : new Sender(Nameless, eventId, null);
        return null;
    }

    private static Sender Vouched(HeldToken token) => new(token.Identity.Named, token.Identity.Caller.Device!.EventId, null);

    private HeldToken? AtGate(long eventId, string gate)
    {
        var version = tokens.Version;
        if (_atGates.TryGetValue((eventId, gate), out var known) && known.Version == version && known.Token is null or { Holds: true }) return known.Token;
        if (gate.Length > GateName.MaxLength * 2) return null;
        if (_atGates.Count >= MostGates) _atGates.Clear();
        var token = tokens.FindDeviceAt(eventId, gate);
        _atGates[(eventId, gate)] = (version, token);
        return token;
    }

    private ScanProblem? EventOf(string? slug, out long eventId)
    {
        eventId = 0;
        if (slug is not null)
        {
            if (!events.TryFind(slug, out var named)) return new ScanProblem(404, ProblemCodes.NotFound, $"There is no event '{Names.Excerpt(slug)}'.");
            eventId = named.EventId;
            return null;
        }

        if (events.Only is not { } only)
            return new ScanProblem(404, ProblemCodes.NotFound, events.Current == 0 ? "There is no event yet that is not archived." : "There is more than one event, and the message says neither which nor from which device it is.");
        eventId = only.EventId;
        return null;
    }
}
