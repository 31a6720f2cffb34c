namespace Headcount.Engine.Alerts;

/// <summary>Is told of alerts: the live feed, Redis.</summary>
/// <remarks>Called on one thread at a time, in order for an event. It must return at once and never throw.</remarks>
public interface IAlertSink
{
    /// <summary>An alert was raised, updated or cleared.</summary>
    /// <param name="settings">The event.</param>
    /// <param name="alertId">Its number in the database; null where it could not be kept yet.</param>
    /// <param name="change">What happened.</param>
    void OnAlert(EventSettings settings, long? alertId, AlertChange change);
}
