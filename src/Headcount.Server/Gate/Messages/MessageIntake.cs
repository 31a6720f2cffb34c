using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate.Messages;

/// <summary>Takes scans that come as messages. Nothing is turned away for want of room: who hands in waits, and with them whoever sends.</summary>
/// <remarks>Any thread. Messages of one connection are handed in one after the other, and settled in the same order.</remarks>
internal sealed class MessageIntake(EventHost host, Devices.ScanCodes codes, TimeProvider time)
{
    /// <summary>The longest message that can be a scan, in bytes: as the body of one over HTTP.</summary>
    public const int MostBytes = ScanDoor.MostBytes;

    /// <summary>How long is waited before a scan that the mailbox had no room for, or could not keep, is handed in again.</summary>
    public static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(50);

    /// <summary>How long is waited where an event cannot be opened, because the database is away.</summary>
    public static readonly TimeSpan OpenWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Takes a message, as soon as there is room for it.</summary>
    /// <param name="payload">What was sent; it is kept.</param>
    /// <param name="gateUtf8">The gate that its topic names; empty = none.</param>
    /// <param name="gate">The same as text.</param>
    /// <param name="find">Finds who sent it.</param>
    /// <param name="stop">Ends the waiting; then the message was not taken.</param>
    public async ValueTask<ScanMessage> TakeAsync(byte[] payload, byte[] gateUtf8, string? gate, ScanReading.SenderFinder find, CancellationToken stop)
    {
        var message = new ScanMessage { Payload = payload, Gate = gate, TakenAt = time.GetTimestamp() };
        Read(message, gateUtf8, find);
        if (message.Problem is not null) return message;
        await MeterAsync(message.Sender!, stop);
        if (host.TryGet(message.Sender!.EventId, out var mailbox) || (mailbox = await OpenAsync(message.Sender.EventId, stop)) is not null)
        {
            message.Mailbox = mailbox;
            message.Request = codes.Check(message.Request, mailbox.Settings);
            await SubmitAsync(message, mailbox, stop);
        }
        else
        {
            message.Problem = new ScanProblem(404, ProblemCodes.NotFound, "There is no such event.");
        }

        return message;
    }

    /// <summary>Waits until it is on disk what became of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="ended">Once cancelled, what could not be kept is not tried again.</param>
    public async ValueTask<Settlement> SettleAsync(ScanMessage message, CancellationToken ended)
    {
        if (message.Problem is { } problem) return Aside(message, problem);
        var answer = await message.Answer;
        while (answer.Kind is AnswerKind.NotDurable or AnswerKind.Busy)
        {
            if (ended.IsCancellationRequested) return default(Settlement) with { As = SettledAs.NotTaken };
            await Task.Delay(RetryWait, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ended.IsCancellationRequested) answer = await message.Mailbox!.SubmitAsync(message.Request);
        }

        return answer.Kind switch
        {
            AnswerKind.Conflict => Aside(message, ScanAnswers.Conflict(answer.Entry!)),
            AnswerKind.Closed when ScanAnswers.Closed(message.Mailbox!) is { } archived => Aside(message, new ScanProblem(archived.Status, archived.Code, archived.Message)),
            AnswerKind.Closed => default(Settlement) with { As = SettledAs.NotTaken },
            _ => new Settlement(SettledAs.Answered, ScanAnswers.Bytes(answer.Entry!), null),
        };
    }

    private static void Read(ScanMessage message, byte[] gate, ScanReading.SenderFinder find)
    {
        if (message.Payload.Length > MostBytes)
        {
            message.Problem = new ScanProblem(413, ProblemCodes.TooLarge, $"The message is longer than the {MostBytes} bytes that a scan may have.");
            return;
        }

        message.Problem = ScanReading.ReadMessage(message.Payload, gate, find, out var sender, out var request);
        (message.Sender, message.Request) = (sender, request);
        message.DeviceId = sender?.Caller.Device?.DeviceId.Value ?? request.Scan?.DeviceId?.Value;
    }

    private static Settlement Aside(ScanMessage message, ScanProblem problem) => new(SettledAs.SetAside, MessageAnswers.Problem(problem, message.Payload), problem);

    // What runs wild is slowed down, not turned away.
    private async ValueTask MeterAsync(Sender sender, CancellationToken stop)
    {
        if (sender.Proof is not { } proof) return;
        while (!proof.Scans.TryTake(out var seconds)) await Task.Delay(TimeSpan.FromSeconds(seconds), time, stop);
    }

    private async ValueTask<EventMailbox?> OpenAsync(long eventId, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await host.OpenAsync(eventId, stop);
            }
            catch (LogUnavailableException)
            {
                await Task.Delay(OpenWait, time, stop);
            }
            catch (EventClosedException)
            {
                throw new OperationCanceledException("The server is stopping.");
            }
        }
    }

    // A full mailbox says so at once: then the scan waits here, and those behind it with it.
    private async ValueTask SubmitAsync(ScanMessage message, EventMailbox mailbox, CancellationToken stop)
    {
        while (true)
        {
            var answer = mailbox.SubmitAsync(message.Request);
            if (!answer.IsCompleted)
            {
                message.Answer = answer;
                return;
            }

            var known = await answer;
            message.Answer = new ValueTask<ScanAnswer>(known);
            if (known.Kind != AnswerKind.Busy) return;
            await Task.Delay(RetryWait, time, stop);
        }
    }
}
