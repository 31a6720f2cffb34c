using System.Text;
using Headcount.Cli.Output;
using Headcount.Core;

namespace Headcount.Cli.Commands;

/// <summary>The JSON rows of a list of anomalies, which may be very long: written some thousand at a time, by two threads in turn.</summary>
internal sealed class AnomalyRows
{
    // Half a megabyte of text.
    private const int RowsAtATime = 2048;

    private static readonly byte[][] Kinds = [.. Enum.GetValues<AnomalyKind>().Select(kind => Utf8Row.Escaped(Encoding.UTF8.GetBytes(kind.Code())))];

    private readonly ScanLedger.FoundAnomalies _anomalies;
    private readonly byte[][] _gates;
    private readonly Utf8Row _some;
    private readonly Utf8Row _next;

    public AnomalyRows(ScanLedger.FoundAnomalies anomalies, Zone zone)
    {
        _anomalies = anomalies;
        (_some, _next) = (new Utf8Row(zone), new Utf8Row(zone));
        _gates = new byte[anomalies.Gates][];
        for (var gate = 0; gate < _gates.Length; gate++) _gates[gate] = Quoted(anomalies.GateText(gate));
    }

    /// <summary>Writes all rows into a list that was begun.</summary>
    public void Write(JsonOut json)
    {
        for (var start = 0; start < _anomalies.Count; start += 2 * RowsAtATime)
        {
            var middle = Math.Min(start + RowsAtATime, _anomalies.Count);
            var end = Math.Min(middle + RowsAtATime, _anomalies.Count);
            var other = middle == end ? Task.CompletedTask : Task.Run(() => Put(_next, middle, end));
            Put(_some, start, middle);
            json.Rows(_some.Written);
            other.GetAwaiter().GetResult();
            if (middle < end) json.Rows(_next.Written);
        }
    }

    private void Put(Utf8Row text, int start, int end)
    {
        text.Clear();
        for (var i = start; i < end; i++)
        {
            if (i > start) text.Raw(","u8);
            Put(text, _anomalies.RowAt(i));
        }
    }

    private void Put(Utf8Row text, AnomalyRow anomaly)
    {
        text.Raw("{\"scan\":"u8).Number(anomaly.Position)
            .Raw(",\"kind\":\""u8).Raw(Kinds[(int)anomaly.Kind])
            .Raw("\",\"ticket_id\":"u8).Text(anomaly.Ticket)
            .Raw(",\"gate\":"u8).Raw(_gates[anomaly.Gate])
            .Raw(",\"timestamp\":"u8).Time(anomaly.Instant);
        if (anomaly.EarlierPosition == 0)
        {
            text.Raw(",\"earlier\":null,\"seconds\":null}"u8);
            return;
        }

        text.Raw(",\"earlier\":{\"scan\":"u8).Number(anomaly.EarlierPosition)
            .Raw(",\"gate\":"u8).Raw(_gates[anomaly.EarlierGate])
            .Raw(",\"timestamp\":"u8).Time(anomaly.EarlierInstant)
            .Raw("},\"seconds\":"u8).Seconds(anomaly.Instant - anomaly.EarlierInstant)
            .Raw("}"u8);
    }

    private static byte[] Quoted(string text) => [(byte)'"', .. Utf8Row.Escaped(Encoding.UTF8.GetBytes(text)), (byte)'"'];
}
