using System.Text.Json;
using Headcount.Core;
using Headcount.Engine.Alerts;

namespace Headcount.Server.Alerts;

/// <summary>An alert as it goes out, alike in the live feed and to webhooks.</summary>
internal static class AlertJson
{
    /// <summary>Its fields, without its <c>seq</c>.</summary>
    public static void WriteFields(Utf8JsonWriter json, Zone zone, long? alertId, AlertChange change)
    {
        var alert = change.Alert;
        json.WriteString("state", change.StateCode);
        WriteNumber(json, "alert_id", alertId);
        json.WriteString("kind", alert.Kind.Code());
        WriteNumber(json, "level", alert.Level);
        json.WriteString("gate", alert.Gate);
        json.WriteString("device_id", alert.DeviceId);
        WriteTime(json, "raised_at", zone, alert.RaisedAt);
        WriteTime(json, "cleared_at", zone, alert.ClearedAt);
        WriteTime(json, "from", zone, alert.From);
        WriteTime(json, "until", zone, alert.Until);
        json.WriteString("message", alert.Message);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, Zone zone, Instant? time) => json.WriteString(name, time is { } instant ? zone.Format(instant) : null);
}
