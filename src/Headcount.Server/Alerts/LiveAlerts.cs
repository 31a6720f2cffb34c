using Headcount.Engine;
using Headcount.Engine.Alerts;
using Headcount.Server.Live;

namespace Headcount.Server.Alerts;

/// <summary>Shows alerts to those who watch live.</summary>
internal sealed class LiveAlerts(LiveFeed feed) : IAlertSink
{
    public void OnAlert(EventSettings settings, long? alertId, AlertChange change) =>
        feed.Publish(settings.EventId, LiveTypes.Alert, json => AlertJson.WriteFields(json, settings.Zone, alertId, change));
}
