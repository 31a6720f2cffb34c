using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Headcount.Streams;

namespace Headcount.Server.Gate;

/// <summary>Takes a scan back: a turnstile did not turn, a ticket was read by mistake.</summary>
internal sealed class AnnulDoor(IScanLog log, TimeProvider time)
{
    /// <summary>How long the device that made a scan may take it back.</summary>
    public static readonly TimeSpan OwnScanWindow = TimeSpan.FromMinutes(1);

    private const int MostBytes = 16 * 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        BodyTypes.RequireJson(context.Request);
        var mailbox = await context.EventAsync();
        var caller = context.Caller();
        var reason = await ReadReasonAsync(context.Request);
        if (!long.TryParse(context.Request.RouteValues["seq"] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)) throw NoSuchRecord();
        if (!caller.MaySupervise) await RequireOwnAsync(mailbox, caller, seq, context.RequestAborted);
        var answer = await mailbox.AnnulAsync(seq, caller.Name, reason);
        switch (answer.Problem)
        {
            case AnnulmentProblem.NoSuchRecord:
                throw NoSuchRecord();
            case AnnulmentProblem.NotAScan:
                throw new ProblemException(409, ProblemCodes.Conflict, $"Record {seq} is no scan; only scans are taken back.");
            case AnnulmentProblem.AnnulledBefore:
                throw new ProblemException(409, ProblemCodes.Conflict, $"Record {seq} was taken back already.");
        }

        if (answer.Kind != AnswerKind.Logged) throw ScanAnswers.Untaken(mailbox, answer.Kind);
        await SendAsync(context.Response, answer.Entry!, seq);
    }

    // The minute runs from when the scan was taken. Whose it was, and whether there is one at all, is not told.
    private async Task RequireOwnAsync(EventMailbox mailbox, Caller caller, long seq, CancellationToken cancellation)
    {
        var entry = await log.FindAsync(mailbox.Settings.EventId, seq, cancellation);
        if (caller.Device is { } device && entry?.Record is ScanRecord record && record.Scan.DeviceId == device.DeviceId
            && (Instant)time.GetUtcNow() - record.ReceivedAt!.Value <= OwnScanWindow) return;
        throw new ProblemException(403, ProblemCodes.Forbidden, "A device may take back its own scans, within a minute. For any other, ask a supervisor.");
    }

    private static Task SendAsync(HttpResponse response, LogEntry entry, long annuls)
    {
        var answer = JsonAnswer.Begin();
        var json = answer.Writer;
        json.WriteStartObject();
        json.WriteString("status"u8, "annulled");
        json.WriteNumber("seq"u8, entry.Seq);
        json.WriteNumber("annuls"u8, annuls);
        json.WriteNumber("current_occupancy"u8, entry.Occupancy);
        json.WriteNumber("capacity"u8, entry.Capacity);
        json.WriteEndObject();
        return answer.SendAsync(response, 200);
    }

    private static async Task<string> ReadReasonAsync(HttpRequest request)
    {
        var body = await Bodies.ReadAsync(request, MostBytes);
        var bytes = body.ToArray();
        request.BodyReader.AdvanceTo(body.End);
        return Reason(bytes);
    }

    private static string Reason(ReadOnlySpan<byte> json)
    {
        if (JsonTexts.Refuse(json) is { } refusal) throw Unreadable(refusal);
        var texts = new JsonTexts();
        ReadOnlySpan<byte> reason = default;
        string? wrong = null;
        try
        {
            var reader = new Utf8JsonReader(json, JsonTexts.Options);
            wrong = JsonTexts.EnterObject(ref reader, "an object with a reason");
            while (wrong is null && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var isReason = texts.Take(ref reader, out _).SequenceEqual("reason"u8);
                reader.Read();
                if (isReason && reader.TokenType == JsonTokenType.String)
                    reason = texts.Take(ref reader, out wrong);
                else if (isReason && reader.TokenType != JsonTokenType.Null)
                    wrong = $"reason is {JsonTexts.Describe(reader.TokenType)}; text is needed";
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
            }

            if (wrong is null) reader.Read();
        }
        catch (JsonException e)
        {
            throw Unreadable(JsonTexts.Describe(e));
        }

        if (wrong is null && !ElementReading.IsInBounds(reason, ScanReading.MostReason, required: true)) wrong = ElementReading.OutOfBounds("reason", reason, ScanReading.MostReason);
        return wrong is null
            ? Encoding.UTF8.GetString(reason)
            : throw new ProblemException(422, ProblemCodes.Malformed, $"The request is malformed: {wrong}.", new FieldErrors { ["reason"] = wrong });
    }

    private static ProblemException Unreadable(string why) => new(400, ProblemCodes.Unreadable, $"The body cannot be read: {why}.");

    private static ProblemException NoSuchRecord() => new(404, ProblemCodes.NotFound, "The log has no record of that number.");
}
