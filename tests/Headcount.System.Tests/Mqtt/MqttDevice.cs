using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Headcount.SystemTests.Mqtt;

/// <summary>A message that a device got.</summary>
internal sealed record Heard(string Topic, string Text, string? Correlation)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? this[string field] => Json.TryGetProperty(field, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;
}

/// <summary>A device with an MQTT client in it (MQTTnet's).</summary>
internal sealed class MqttDevice : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<Heard> _heard = Channel.CreateUnbounded<Heard>();
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MqttDevice()
    {
        _client.ApplicationMessageReceivedAsync += received =>
        {
            var message = received.ApplicationMessage;
            _heard.Writer.TryWrite(new Heard(message.Topic, message.ConvertPayloadToString() ?? "", message.CorrelationData is { } data ? Encoding.UTF8.GetString(data) : null));
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += gone =>
        {
            WhyLost = gone.Reason;
            _lost.TrySetResult();
            return Task.CompletedTask;
        };
    }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public MqttClientDisconnectReason WhyLost { get; private set; }

    public bool IsConnected => _client.IsConnected;

    /// <summary>Completes when the connection is over.</summary>
    public Task Lost => _lost.Task.WaitAsync(TimeSpan.FromSeconds(30), Ended);

    /// <summary>Connects; whoever is refused fails the test.</summary>
    public static async Task<MqttDevice> ConnectAsync(int port, string? user, string? password, MqttProtocolVersion version = MqttProtocolVersion.V311, string? clientId = null)
    {
        var device = new MqttDevice();
        Assert.Equal(MqttClientConnectResultCode.Success, await device.TryConnectAsync(port, user, password, version, clientId));
        return device;
    }

    /// <summary>What a broker says to credentials.</summary>
    public static async Task<MqttClientConnectResultCode> AskAsync(int port, string? user, string? password, MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        await using var device = new MqttDevice();
        return await device.TryConnectAsync(port, user, password, version, null);
    }

    public async Task<MqttClientSubscribeResultCode> SubscribeAsync(string filter)
    {
        var result = await _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, Ended);
        return result.Items.Single().ResultCode;
    }

    public Task<MqttClientPublishResult> PublishAsync(string topic, string message, MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.AtLeastOnce, Action<MqttApplicationMessageBuilder>? more = null)
    {
        var builder = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(message).WithQualityOfServiceLevel(qos);
        more?.Invoke(builder);
        return _client.PublishAsync(builder.Build(), Ended);
    }

    /// <summary>The next message that it gets.</summary>
    public async Task<Heard> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        return await _heard.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Whether it has got anything that was not read.</summary>
    public bool HasHeardMore => _heard.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        if (_client.IsConnected) await _client.DisconnectAsync(cancellationToken: CancellationToken.None);
        _client.Dispose();
    }

    private async Task<MqttClientConnectResultCode> TryConnectAsync(int port, string? user, string? password, MqttProtocolVersion version, string? clientId)
    {
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithProtocolVersion(version).WithClientId(clientId ?? $"{user ?? "nobody"}-{Guid.NewGuid():N}");
        if (user is not null) options.WithCredentials(user, password ?? "");
        return (await _client.ConnectAsync(options.Build(), Ended)).ResultCode;
    }
}
