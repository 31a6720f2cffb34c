using MQTTnet.Protocol;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>What it wants to hear, and what of that is its business.</summary>
internal sealed partial class DeviceSession
{
    private volatile string[] _filters = [];

    /// <summary>Whether one of its filters with wildcards stands for a topic that it has not named.</summary>
    public bool WantsByWildcard(string topic)
    {
        var isWanted = false;
        foreach (var filter in _filters)
        {
            if (!MqttTopics.IsWild(filter))
            {
                if (filter == topic) return false;
            }
            else if (MqttTopics.Matches(filter, topic))
            {
                isWanted = true;
            }
        }

        return isWanted;
    }

    /// <summary>Whether a publication is any of its business.</summary>
    public bool MaySee(in Publication publication)
    {
        if (_token is null) return publication.EventId == _anonymousEventId;
        if (!_token.Holds) return false;
        var caller = _token.Identity.Caller;
        if (caller.Device is not { } device) return caller.MaySupervise;
        return device.EventId == publication.EventId && (device.DeviceId.Value == publication.DeviceId || (publication.IsRejected && device.MaySupervise));
    }

    private bool Wants(string topic) => Array.Exists(_filters, filter => filter == topic || MqttTopics.Matches(filter, topic));

    private MqttSubscribeReasonCode Subscribe(string? filter)
    {
        if (filter is null || !MqttTopics.IsFilter(filter)) return MqttSubscribeReasonCode.TopicFilterInvalid;
        if (filter.StartsWith("$share/", StringComparison.Ordinal)) return MqttSubscribeReasonCode.SharedSubscriptionsNotSupported;
        if (!MayAskFor(filter)) return MqttSubscribeReasonCode.NotAuthorized;
        if (_filters.Contains(filter)) return MqttSubscribeReasonCode.GrantedQoS0;
        if (_filters.Length >= MqttLimits.MostSubscriptions) return MqttSubscribeReasonCode.QuotaExceeded;
        _filters = [.. _filters, filter];
        _broker.Router.Subscribe(this, filter);
        return MqttSubscribeReasonCode.GrantedQoS0;
    }

    private MqttUnsubscribeReasonCode Unsubscribe(string filter)
    {
        if (!_filters.Contains(filter)) return MqttUnsubscribeReasonCode.NoSubscriptionExisted;
        _filters = [.. _filters.Where(other => other != filter)];
        _broker.Router.Unsubscribe(this, filter, Array.Exists(_filters, MqttTopics.IsWild));
        return MqttUnsubscribeReasonCode.Success;
    }

    // With wildcards one sees what is one's own. Others' answers by name, and their scans, are refused outright, so that nobody waits in vain.
    private bool MayAskFor(string filter)
    {
        if (filter.StartsWith('$') || filter.StartsWith(MqttTopics.Scans, StringComparison.Ordinal)) return false;
        if (_token?.Identity.Caller.Device is not { } device || !filter.StartsWith(MqttTopics.Decisions, StringComparison.Ordinal) || MqttTopics.IsWild(filter)) return true;
        return filter == MqttTopics.Decisions + MqttTopics.Level(device.DeviceId.Value);
    }

    /// <summary>Leaves all that it subscribed to.</summary>
    public void Leave()
    {
        foreach (var filter in _filters) Unsubscribe(filter);
    }
}
