using System.Collections.Concurrent;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>What is published: to whom it is of concern decides who may read it.</summary>
/// <param name="Topic">Where.</param>
/// <param name="Payload">What.</param>
/// <param name="EventId">The event that it is of.</param>
/// <param name="DeviceId">The device whose scan it is about.</param>
/// <param name="IsRejected">Whether it is a message that was put aside, and not an answer.</param>
internal readonly record struct Publication(string Topic, byte[] Payload, long EventId, string? DeviceId, bool IsRejected);

/// <summary>Who of those that are connected wants which answers.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class MqttRouter
{
    private readonly Lock _changing = new();
    private readonly ConcurrentDictionary<string, DeviceSession[]> _byTopic = new(StringComparer.Ordinal);
    private volatile DeviceSession[] _wild = [];

    /// <summary>Gives a publication to all who want it and may have it, but for one who has it already. Whoever does not keep up is let go.</summary>
    public void Publish(in Publication publication, DeviceSession? except)
    {
        if (_byTopic.TryGetValue(publication.Topic, out var sessions))
        {
            foreach (var session in sessions) Give(session, publication, except);
        }

        foreach (var session in _wild)
        {
            if (session.WantsByWildcard(publication.Topic)) Give(session, publication, except);
        }
    }

    public void Subscribe(DeviceSession session, string filter)
    {
        lock (_changing)
        {
            if (!MqttTopics.IsWild(filter))
                _byTopic.AddOrUpdate(filter, _ => [session], (_, others) => others.Contains(session) ? others : [.. others, session]);
            else if (!_wild.Contains(session))
                _wild = [.. _wild, session];
        }
    }

    /// <summary>Takes a subscription back.</summary>
    public void Unsubscribe(DeviceSession session, string filter, bool hasOtherWildcards)
    {
        lock (_changing)
        {
            if (MqttTopics.IsWild(filter))
            {
                if (!hasOtherWildcards) _wild = [.. _wild.Where(other => other != session)];
                return;
            }

            if (!_byTopic.TryGetValue(filter, out var sessions)) return;
            DeviceSession[] rest = [.. sessions.Where(other => other != session)];
            if (rest.Length > 0)
                _byTopic[filter] = rest;
            else
                _byTopic.TryRemove(filter, out _);
        }
    }

    private static void Give(DeviceSession session, in Publication publication, DeviceSession? except)
    {
        if (session != except && session.MaySee(publication)) session.Give(publication);
    }
}
