using System.Buffers;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Devices;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate;

/// <summary>The door through which nearly everything comes: one scan, one durable answer.</summary>
/// <remarks>Nothing is bound, logged or allocated here that the scan itself does not need.</remarks>
internal sealed class ScanDoor(ScanCodes codes, ILogger<ScanDoor> logger)
{
    /// <summary>The longest body of one scan, in bytes.</summary>
    public const int MostBytes = 64 * 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            BodyTypes.RequireJson(context.Request);
            var mailbox = await context.EventAsync();
            var body = await Bodies.ReadAsync(context.Request, MostBytes);
            if (Read(body, context, out var request) is { } problem)
            {
                await ProblemAnswers.WriteAsync(context, problem.Status, problem.Code, problem.Error, problem.Errors);
                return;
            }

            await ScanAnswers.SendAsync(context, mailbox, await mailbox.SubmitAsync(codes.Check(in request, mailbox.Settings)));
        }
        catch (Exception e)
        {
            await ProblemAnswers.AnswerAsync(context, e, logger);
        }
    }

    private static ScanProblem? Read(ReadOnlySequence<byte> body, HttpContext context, out ScanRequest request)
    {
        var problem = body.IsSingleSegment
            ? ScanReading.Read(body.FirstSpan, context.Caller(), isFact: false, out request)
            : ScanReading.Read(body.ToArray(), context.Caller(), isFact: false, out request);
        context.Request.BodyReader.AdvanceTo(body.End);
        return problem;
    }
}
