using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Headcount.Core;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate.Messages;

/// <summary>What senders are told of messages that are no scans, and what is kept of those.</summary>
internal static class MessageAnswers
{
    /// <summary>The answer to whoever sent it: a problem document, with what tells them which scan it is about.</summary>
    public static byte[] Problem(ScanProblem problem, byte[] payload)
    {
        var ids = payload.Length <= MessageIntake.MostBytes ? ScanReading.IdsOf(payload) : default;
        var answer = JsonAnswer.Begin();
        var json = answer.Writer;
        json.WriteStartObject();
        json.WriteString("type"u8, $"urn:headcount:problem:{problem.Code}");
        json.WriteString("title"u8, ProblemCodes.Title(problem.Status));
        json.WriteNumber("status"u8, problem.Status);
        WriteProblem(json, problem);
        json.WriteString("detail"u8, problem.Error);
        json.WriteString("ticket_id"u8, ids.TicketId);
        json.WriteString("scan_id"u8, ids.ScanId);
        json.WriteEndObject();
        return answer.ToArray();
    }

    /// <summary>The message as it is put aside: whole, with the reason.</summary>
    public static byte[] SetAside(ScanMessage message, ScanProblem problem, string topic, Instant at)
    {
        var answer = JsonAnswer.Begin();
        var json = answer.Writer;
        json.WriteStartObject();
        WriteProblem(json, problem);
        json.WriteString("topic"u8, topic);
        json.WriteString("gate"u8, message.Gate);
        json.WriteString("device_id"u8, message.DeviceId);
        json.WriteString("received_at"u8, Zone.Utc.Format(at));
        if (Utf8.IsValid(message.Payload))
            json.WriteString("payload"u8, Encoding.UTF8.GetString(message.Payload));
        else
            json.WriteBase64String("payload_base64"u8, message.Payload);
        json.WriteEndObject();
        return answer.ToArray();
    }

    private static void WriteProblem(Utf8JsonWriter json, ScanProblem problem)
    {
        json.WriteString("code"u8, problem.Code);
        json.WriteString("error"u8, problem.Error);
        if (problem.Errors is null) return;
        json.WriteStartObject("errors"u8);
        foreach (var (field, wrong) in problem.Errors) json.WriteString(field, wrong);
        json.WriteEndObject();
    }
}
