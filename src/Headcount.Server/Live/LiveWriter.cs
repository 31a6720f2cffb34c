using System.Buffers;
using System.Text;
using System.Text.Json;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Counts;
using Headcount.Server.Gate;

namespace Headcount.Server.Live;

/// <summary>Writes messages, each once for all who watch.</summary>
internal static class LiveWriter
{
    private static readonly byte[] SnapshotStart = "{\"type\":\"snapshot\","u8.ToArray();

    /// <summary>The whole picture.</summary>
    public static LiveMessage Snapshot(EventSettings settings, Picture picture, Notices notices, IReadOnlyList<ReadOnlyMemory<byte>> alerts, bool isDurable, LeaseFigures leases) =>
        Write(LiveTypes.Snapshot, picture.Figures.Seq, settings.Zone, picture.TakenAt, json =>
        {
            json.WriteString("event", settings.Slug);
            json.WriteString("name", settings.Name);
            json.WriteString("zone", settings.Zone.Id);
            WriteTime(json, "opens_at", settings.Zone, settings.Rules.OpensAt);
            WriteTime(json, "closes_at", settings.Zone, settings.Rules.ClosesAt);
            json.WriteBoolean("archived", settings.IsArchived);
            json.WriteStartArray("alert_levels");
            foreach (var level in settings.AlertLevels) json.WriteNumberValue(level);
            json.WriteEndArray();
            WriteFigures(json, picture.Figures, isDurable, leases);
            WriteGates(json, settings.Zone, picture);
            WriteTicketTypes(json, picture);
            json.WriteStartArray("alerts");
            foreach (var alert in alerts) json.WriteRawValue(alert.Span, skipInputValidation: true);
            json.WriteEndArray();
            WriteNotices(json, "anomalies", settings.Zone, notices.Anomalies);
            WriteNotices(json, "refusals", settings.Zone, notices.Refusals);
            WriteNotices(json, "overrides", settings.Zone, notices.Overrides);
        });

    /// <summary>The same snapshot, saying how many records were not told of one by one; null = there is nothing to say.</summary>
    public static LiveMessage Skipping(LiveMessage snapshot, long? skipped) => skipped is not { } count
        ? snapshot
        : snapshot with { Json = (byte[])[.. SnapshotStart, .. Encoding.UTF8.GetBytes($"\"skipped\":{count},"), .. snapshot.Json.Span[SnapshotStart.Length..]] };

    /// <summary>The figures.</summary>
    public static LiveMessage Occupancy(EventSettings settings, Figures figures, bool isDurable, LeaseFigures leases, Instant at) =>
        Write(LiveTypes.Occupancy, figures.Seq, settings.Zone, at, json => WriteFigures(json, figures, isDurable, leases));

    /// <summary>Every gate.</summary>
    public static LiveMessage Gates(EventSettings settings, Picture picture) =>
        Write(LiveTypes.Gate, picture.Figures.Seq, settings.Zone, picture.TakenAt, json => WriteGates(json, settings.Zone, picture));

    /// <summary>Present tickets by type.</summary>
    public static LiveMessage TicketTypes(EventSettings settings, Picture picture) =>
        Write(LiveTypes.TicketTypes, picture.Figures.Seq, settings.Zone, picture.TakenAt, json => WriteTicketTypes(json, picture));

    /// <summary>Something about one scan.</summary>
    /// <param name="settings">The event.</param>
    /// <param name="notice">What there is to see.</param>
    /// <param name="skipped">How many before it were left out.</param>
    /// <param name="at">Now.</param>
    public static LiveMessage Notice(EventSettings settings, Notice notice, int skipped, Instant at) =>
        Write(notice.Type, notice.Entry.Seq, settings.Zone, at, json =>
        {
            if (skipped > 0) json.WriteNumber("skipped", skipped);
            WriteNotice(json, settings.Zone, notice);
        });

    /// <summary>Records of the log, all that came since the last bundle, as the log tells them.</summary>
    public static LiveMessage Scans(EventSettings settings, IReadOnlyList<LogEntry> entries, Instant at) =>
        Write(LiveTypes.Scans, entries[^1].Seq, settings.Zone, at, json =>
        {
            json.WriteStartArray("scans");
            foreach (var entry in entries) LogLine.Write(json, entry, settings.Zone);
            json.WriteEndArray();
        });

    /// <summary>A message of another part.</summary>
    public static LiveMessage Other(string type, long seq, Zone zone, Instant at, Action<Utf8JsonWriter> write) => Write(type, seq, zone, at, write);

    /// <summary>An object on its own, as it stands in a list.</summary>
    public static ReadOnlyMemory<byte> Item(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static LiveMessage Write(string type, long seq, Zone zone, Instant at, Action<Utf8JsonWriter> write) => new(type, seq, Item(json =>
    {
        json.WriteString("type", type);
        json.WriteNumber("seq", seq);
        json.WriteString("at", zone.Format(at));
        write(json);
    }));

    private static void WriteFigures(Utf8JsonWriter json, Figures figures, bool isDurable, LeaseFigures leases)
    {
        json.WriteNumber("on_lease", leases.OnLease);
        json.WriteNumber("held", leases.Held);
        json.WriteNumber("cut_off", leases.CutOff);
        json.WriteNumber("occupancy", figures.Occupancy);
        json.WriteNumber("capacity", figures.Capacity);
        if (figures.FirmCapacity is { } firm)
            json.WriteNumber("firm_capacity", firm);
        else
            json.WriteNull("firm_capacity");
        json.WriteNumber("percent", OccupancyEndpoints.Percent(figures.Occupancy, figures.Capacity));
        json.WriteNumber("theoretical", figures.Theoretical);
        json.WriteNumber("entries", figures.Entries);
        json.WriteNumber("exits", figures.Exits);
        json.WriteNumber("first_entries", figures.FirstEntries);
        json.WriteNumber("drift", figures.Entries - figures.Exits - figures.Occupancy);
        json.WriteNumber("peak_occupancy", figures.PeakOccupancy);
        json.WriteNumber("peak_theoretical", figures.PeakTheoretical);
        json.WriteBoolean("durable", isDurable);
    }

    private static void WriteGates(Utf8JsonWriter json, Zone zone, Picture picture)
    {
        json.WriteStartObject("gates");
        foreach (var (name, gate) in picture.Gates)
        {
            json.WriteStartObject(name);
            json.WriteNumber("occupancy", gate.Occupancy);
            json.WriteNumber("entries", gate.Entries);
            json.WriteNumber("exits", gate.Exits);
            json.WriteNumber("scans", gate.Scans);
            json.WriteNumber("per_minute", gate.PerMinute);
            json.WriteNumber("entries_per_minute", gate.EntriesPerMinute);
            json.WriteNumber("exits_per_minute", gate.ExitsPerMinute);
            WriteTime(json, "last_seen", zone, gate.LastSeen);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTicketTypes(Utf8JsonWriter json, Picture picture)
    {
        json.WriteStartObject("ticket_types");
        foreach (var (type, count) in picture.TicketTypes) json.WriteNumber(type, count);
        json.WriteEndObject();
    }

    private static void WriteNotices(Utf8JsonWriter json, string name, Zone zone, IReadOnlyList<Notice> notices)
    {
        json.WriteStartArray(name);
        foreach (var notice in notices)
        {
            json.WriteStartObject();
            json.WriteNumber("seq", notice.Entry.Seq);
            WriteNotice(json, zone, notice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNotice(Utf8JsonWriter json, Zone zone, Notice notice)
    {
        var record = (ScanRecord)notice.Entry.Record;
        json.WriteString(notice.Type == LiveTypes.Refusal ? "reason" : "kind", notice.Kind);
        WriteScan(json, zone, record);
        if (record.Override is { } word)
        {
            json.WriteString("by", word.By);
            json.WriteString("note", word.Reason);
        }
    }

    private static void WriteScan(Utf8JsonWriter json, Zone zone, ScanRecord record)
    {
        json.WriteString("ticket_id", record.Scan.TicketId.Value);
        json.WriteString("ticket_type", record.TicketType);
        json.WriteString("gate", record.Scan.Gate.Value);
        json.WriteString("scan_type", record.Scan.Type.Code());
        WriteTime(json, "timestamp", zone, record.CountedAt ?? record.ReceivedAt ?? record.Scan.Timestamp);
        WriteTime(json, "received_at", zone, record.ReceivedAt);
        json.WriteString("device_id", record.Scan.DeviceId?.Value);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, Zone zone, Instant? time)
    {
        if (time is { } instant)
            json.WriteString(name, zone.Format(instant));
        else
            json.WriteNull(name);
    }
}
