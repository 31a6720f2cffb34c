using System.Text;
using System.Threading.Channels;
using Headcount.Server.Gate.Messages;
using Headcount.Server.Problems;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Headcount.Server.Gate.Amqp;

/// <summary>One connection to RabbitMQ: takes scans from their queue, answers where an answer is wanted, and acknowledges what is on disk.</summary>
/// <remarks>RabbitMQ hands out no more than <see cref="Prefetch"/> messages before the first of them is acknowledged, so that everything waits there and nothing here.</remarks>
internal sealed partial class AmqpSession(IConnection connection, SenderBook senders, MessageIntake intake, DoorState state, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>The queue that scans come from.</summary>
    public const string Scans = "scans";

    /// <summary>The queue for messages that are no scans, each whole and with its reason.</summary>
    public const string Dead = "scans.dead";

    /// <summary>How many messages are taken before the first of them must be on disk.</summary>
    public const ushort Prefetch = 1_024;

    // What RabbitMQ's own MQTT door makes of the topic scans/GATE.
    private const string GatePrefix = "scans.";

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Prefetch) { SingleReader = true });
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private IChannel _scans = null!;
    private IChannel _replies = null!;
    private IChannel _dead = null!;
    private string _consumer = "";

    /// <summary>A message that waits to be settled.</summary>
    private readonly record struct Waiting(ScanMessage Message, ulong Tag, string? ReplyTo, string? CorrelationId, string? MessageId);

    /// <summary>Sees to it that the queues are there, and begins to take.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await DeclareAsync(Scans, cancellation);
        await DeclareAsync(Dead, cancellation);
        _replies = await connection.CreateChannelAsync(cancellationToken: cancellation);
        _dead = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);
        _scans = await connection.CreateChannelAsync(cancellationToken: cancellation);
        foreach (var channel in (IChannel[])[_replies, _dead, _scans]) channel.ChannelShutdownAsync += (_, reason) => LoseAsync(reason.ReplyText);
        await _scans.BasicQosAsync(0, Prefetch, global: false, cancellation);
        var consumer = new AsyncEventingBasicConsumer(_scans);
        consumer.ReceivedAsync += (_, delivery) => TakeAsync(delivery);
        consumer.UnregisteredAsync += (_, _) => LoseAsync($"the queue {Scans} hands out no more: was it deleted?");
        _consumer = await _scans.BasicConsumeAsync(Scans, autoAck: false, consumer, cancellation);
    }

    /// <summary>Works until the connection is lost, or until it is to stop: then what was taken is settled first.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(CancellationToken stop)
    {
        var settling = SettleAllAsync();
        await using var stopping = stop.Register(() => _lost.TrySetResult("stopped"));
        var why = await _lost.Task;
        await _ended.CancelAsync();
        if (stop.IsCancellationRequested) await CancelAsync();
        _waiting.Writer.TryComplete();
        await settling;
        return why;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in (IChannel?[])[_scans, _replies, _dead])
        {
            if (channel is not null) await channel.DisposeAsync();
        }

        _ended.Dispose();
    }

    // One that is there is taken as it is: a quorum queue, one with a limit, one that this user may not make.
    private async Task DeclareAsync(string queue, CancellationToken cancellation)
    {
        try
        {
            await using var asking = await connection.CreateChannelAsync(cancellationToken: cancellation);
            await asking.QueueDeclarePassiveAsync(queue, cancellation);
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == 404)
        {
            await using var making = await connection.CreateChannelAsync(cancellationToken: cancellation);
            await making.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellation);
        }
    }

    private async Task CancelAsync()
    {
        try
        {
            await _scans.BasicCancelAsync(_consumer, cancellationToken: CancellationToken.None);
        }
        catch (Exception problem) when (problem is RabbitMQClientException or ObjectDisposedException or TimeoutException or OperationCanceledException)
        {
            // Lost, or unwilling: what is not acknowledged comes again.
        }
    }

    private Task LoseAsync(string why)
    {
        _lost.TrySetResult(why);
        return Task.CompletedTask;
    }

    private async Task TakeAsync(BasicDeliverEventArgs delivery)
    {
        var properties = delivery.BasicProperties;
        var gate = delivery.RoutingKey.StartsWith(GatePrefix, StringComparison.Ordinal) && delivery.RoutingKey != Dead ? delivery.RoutingKey[GatePrefix.Length..] : "";
        var (token, slug) = (Header(properties, "token"), Header(properties, "event"));

        // The body is the library's, and good only until the first wait.
        var body = delivery.Body.ToArray();
        try
        {
            var message = await intake.TakeAsync(body, Encoding.UTF8.GetBytes(gate), gate, Find, _ended.Token);
            state.Taken();
            var waiting = new Waiting(message, delivery.DeliveryTag, properties.ReplyTo, properties.CorrelationId, properties.MessageId);
            if (!_waiting.Writer.TryWrite(waiting)) state.Settled(message, SettledAs.NotTaken);
        }
        catch (OperationCanceledException)
        {
            // Ended here: it comes again.
        }
        catch (Exception bug)
        {
            Log.Failed(logger, bug);
            await LoseAsync(bug.Message);
        }

        ScanProblem? Find(ReadOnlySpan<byte> device, ReadOnlySpan<byte> _, out Sender? sender)
        {
            sender = null;
            if (token is null) return device.IsEmpty ? senders.Unnamed(slug, out sender) : senders.Named(device, out sender);
            return senders.FindToken(token) is { } held
                ? senders.Of(held.Identity, slug, out sender)
                : new ScanProblem(401, ProblemCodes.Unauthenticated, "The token is not valid: it is unknown, has expired or was revoked.");
        }
    }

    private static string? Header(IReadOnlyBasicProperties properties, string name) => properties.Headers is { } headers && headers.TryGetValue(name, out var value)
        ? value switch { byte[] bytes => Encoding.UTF8.GetString(bytes), string text => text, _ => null }
        : null;

    private async Task SettleAllAsync()
    {
        await foreach (var waiting in _waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            var settlement = await intake.SettleAsync(waiting.Message, _ended.Token);
            state.Settled(waiting.Message, settlement.As);
            if (settlement.As == SettledAs.NotTaken) continue;
            try
            {
                if (settlement.Problem is { } problem) await PutAsideAsync(waiting, problem);
                await ReplyAsync(waiting, settlement.Answer);
                await _scans.BasicAckAsync(waiting.Tag, multiple: false);
            }
            catch (Exception problem)
            {
                // Not acknowledged, so that it comes again, and gets the same answer.
                if (problem is not (RabbitMQClientException or ObjectDisposedException or IOException)) Log.Failed(logger, problem);
                await LoseAsync(problem.Message);
            }
        }
    }

    // Kept there before it is taken from here.
    private async Task PutAsideAsync(Waiting waiting, ScanProblem problem)
    {
        Log.SetAside(logger, problem.Code);
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent, ContentType = "application/json", CorrelationId = waiting.CorrelationId, MessageId = waiting.MessageId,
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["code"] = problem.Code, ["reason"] = problem.Error, ["received_at"] = Core.Zone.Utc.Format(Core.Instant.FromDateTimeOffset(time.GetUtcNow())),
                ["device_id"] = waiting.Message.DeviceId,
            },
        };
        await _dead.BasicPublishAsync("", Dead, mandatory: true, properties, waiting.Message.Payload);
    }

    private async ValueTask ReplyAsync(Waiting waiting, byte[] answer)
    {
        if (waiting.ReplyTo is not { Length: > 0 } queue || queue is Scans or Dead) return;
        await _replies.BasicPublishAsync("", queue, mandatory: false, new BasicProperties { ContentType = "application/json", CorrelationId = waiting.CorrelationId }, answer);
    }

    private static partial class Log
    {
        [LoggerMessage(773, LogLevel.Error, "AMQP: a message failed; it comes again")]
        public static partial void Failed(ILogger logger, Exception problem);

        [LoggerMessage(774, LogLevel.Information, "AMQP: a message was put aside ({Code})")]
        public static partial void SetAside(ILogger logger, string code);
    }
}
