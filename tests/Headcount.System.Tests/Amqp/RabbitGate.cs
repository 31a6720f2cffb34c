using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Headcount.SystemTests.Amqp;

/// <summary>What came from a queue.</summary>
internal sealed record Delivered(string Text, string? CorrelationId, IReadOnlyDictionary<string, string?> Headers)
{
    public string? this[string field] => JsonDocument.Parse(Text).RootElement is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(field, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;
}

/// <summary>A program of the venue's that hands in scans through RabbitMQ.</summary>
internal sealed class RabbitGate : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private RabbitGate(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<RabbitGate> ConnectAsync(RabbitServer server)
    {
        var connection = await server.ConnectAsync();
        return new RabbitGate(connection, await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Ended));
    }

    /// <summary>Publishes to the queue of scans, and waits until RabbitMQ has it.</summary>
    public async Task PublishAsync(string message, string? replyTo = null, string? correlationId = null, params (string Name, string Value)[] headers)
    {
        var properties = new BasicProperties { ReplyTo = replyTo, CorrelationId = correlationId, DeliveryMode = DeliveryModes.Persistent };
        if (headers.Length > 0) properties.Headers = headers.ToDictionary(header => header.Name, header => (object?)header.Value);
        await _channel.BasicPublishAsync("", "scans", mandatory: true, properties, Encoding.UTF8.GetBytes(message), Ended);
    }

    /// <summary>What comes from a queue, as it comes.</summary>
    public async Task<ChannelReader<Delivered>> ReadAsync(string queue)
    {
        var delivered = Channel.CreateUnbounded<Delivered>();
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            var headers = (message.BasicProperties.Headers ?? new Dictionary<string, object?>()).ToDictionary(header => header.Key, header => header.Value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : header.Value?.ToString());
            delivered.Writer.TryWrite(new Delivered(Encoding.UTF8.GetString(message.Body.Span), message.BasicProperties.CorrelationId, headers));
            return Task.CompletedTask;
        };
        await _channel.BasicConsumeAsync(queue, autoAck: true, consumer, Ended);
        return delivered.Reader;
    }

    /// <summary>Makes a queue for answers.</summary>
    public async Task<string> OwnQueueAsync() => (await _channel.QueueDeclareAsync(cancellationToken: Ended)).QueueName;

    public Task EmptyAsync(string queue) => _channel.QueuePurgeAsync(queue, Ended);

    public Task<uint> CountAsync(string queue) => _channel.MessageCountAsync(queue, Ended);

    public Task DeleteAsync(string queue) => _channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, cancellationToken: Ended);

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

internal static class Waiting
{
    /// <summary>The next one, if it comes in time.</summary>
    public static async Task<T> NextAsync<T>(this ChannelReader<T> reader)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        return await reader.ReadAsync(patience.Token);
    }
}
