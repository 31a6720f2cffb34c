using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Headcount.Client;

/// <summary>How records are read and written: snake_case, nothing for null; the code is generated, not made up while running.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewScan))]
[JsonSerializable(typeof(Batch))]
[JsonSerializable(typeof(Reason))]
[JsonSerializable(typeof(ScanResult))]
[JsonSerializable(typeof(BatchResult))]
[JsonSerializable(typeof(AnnulResult))]
[JsonSerializable(typeof(LoggedScan))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(CurrentOccupancy))]
[JsonSerializable(typeof(Dictionary<string, GateCount>))]
[JsonSerializable(typeof(Dictionary<string, TicketTypeCount>))]
[JsonSerializable(typeof(PastOccupancy))]
[JsonSerializable(typeof(Timeline))]
[JsonSerializable(typeof(AnomalyPage))]
[JsonSerializable(typeof(GateList))]
[JsonSerializable(typeof(AlertList))]
[JsonSerializable(typeof(NewEvent))]
[JsonSerializable(typeof(EventChange))]
[JsonSerializable(typeof(EventSettings))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(NewDevice))]
[JsonSerializable(typeof(Device))]
[JsonSerializable(typeof(DeviceList))]
[JsonSerializable(typeof(Pairing))]
[JsonSerializable(typeof(PairingCode))]
[JsonSerializable(typeof(PairedDevice))]
[JsonSerializable(typeof(NewHeartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(DeviceChange))]
[JsonSerializable(typeof(CloseDay))]
[JsonSerializable(typeof(DayClosed))]
[JsonSerializable(typeof(NewTicket))]
[JsonSerializable(typeof(TicketChange))]
[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(TicketValidity))]
[JsonSerializable(typeof(TicketImport))]
[JsonSerializable(typeof(LiveMessage))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class WireContext : JsonSerializerContext;

/// <summary>Values of an enumeration as words: <c>exit</c>, <c>accepted</c>.</summary>
internal sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;
