using Headcount.Cli.Output;
using Headcount.Core;

namespace Headcount.Cli.Commands;

/// <summary>The JSON rows of a list of anomalies, which may be very long.</summary>
internal sealed class AnomalyRows(ScanLedger.FoundAnomalies anomalies, Zone zone)
{
    private static readonly byte[][] Kinds = [.. Enum.GetValues<AnomalyKind>().Select(kind => Utf8Row.Escaped(System.Text.Encoding.UTF8.GetBytes(kind.Code())))];

    private readonly Utf8Row _row = new(zone);
    private byte[]?[] _gates = new byte[64][];

    public int Count => anomalies.Count;

    /// <summary>A row, good until the next is asked for.</summary>
    public ReadOnlySpan<byte> RowAt(int index)
    {
        var anomaly = anomalies.RowAt(index);
        _row.Clear();
        _row.Raw("{\"scan\":"u8).Number(anomaly.Position)
            .Raw(",\"kind\":\""u8).Raw(Kinds[(int)anomaly.Kind])
            .Raw("\",\"ticket_id\":"u8).Text(anomaly.Ticket)
            .Raw(",\"gate\":"u8).Raw(GateText(anomaly.Gate))
            .Raw(",\"timestamp\":"u8).Time(anomaly.Instant);
        if (anomaly.EarlierPosition == 0) return _row.Raw(",\"earlier\":null,\"seconds\":null}"u8).Written;
        return _row.Raw(",\"earlier\":{\"scan\":"u8).Number(anomaly.EarlierPosition)
            .Raw(",\"gate\":"u8).Raw(GateText(anomaly.EarlierGate))
            .Raw(",\"timestamp\":"u8).Time(anomaly.EarlierInstant)
            .Raw("},\"seconds\":"u8).Seconds(anomaly.Instant - anomaly.EarlierInstant)
            .Raw("}"u8).Written;
    }

    // Gates are few: each is put in quotes once.
    private byte[] GateText(int gate)
    {
        if (gate >= _gates.Length) Array.Resize(ref _gates, Math.Max(gate + 1, _gates.Length * 2));
        return _gates[gate] ??= [(byte)'"', .. Utf8Row.Escaped(System.Text.Encoding.UTF8.GetBytes(anomalies.GateText(gate))), (byte)'"'];
    }
}
