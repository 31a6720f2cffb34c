using Headcount.Data.Model;
using Headcount.Engine.Alerts;

namespace Headcount.Server.Alerts;

/// <summary>Alerts as rows of the table, and back.</summary>
internal static class AlertRows
{
    /// <summary>The alert of a row, by its number in the database; null where its kind is none that is known.</summary>
    public static Alert? ToAlert(this AlertRow row) => !AlertKinds.TryParse(row.Kind, out var kind) ? null : new Alert
    {
        Number = row.AlertId, Kind = kind, Level = row.Level, Gate = row.Gate, DeviceId = row.DeviceId, Seq = row.Seq,
        RaisedAt = row.RaisedAt, ClearedAt = row.ClearedAt, From = row.From, Until = row.Until, Message = row.Message,
    };

    public static AlertRow ToRow(this Alert alert, long eventId)
    {
        var row = new AlertRow { EventId = eventId, Kind = alert.Kind.Code(), Level = alert.Level, Gate = alert.Gate, DeviceId = alert.DeviceId, RaisedAt = alert.RaisedAt, Message = "" };
        row.Set(alert);
        return row;
    }

    /// <summary>What may change of an alert.</summary>
    public static void Set(this AlertRow row, Alert alert) =>
        (row.Seq, row.ClearedAt, row.From, row.Until, row.Message) = (alert.Seq, alert.ClearedAt, alert.From, alert.Until, alert.Message);
}
