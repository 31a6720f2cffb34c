using System.Buffers;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Headcount.Server.Gate.Messages;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>A message that was taken and waits to be settled, with what its acknowledgement needs.</summary>
/// <param name="Message">The message; null = it was refused for its topic.</param>
/// <param name="Topic">What it was published to.</param>
/// <param name="PacketId">Its number on the connection; 0 = it is not acknowledged.</param>
/// <param name="IsExactlyOnce">Whether it came with QoS 2.</param>
/// <param name="ResponseTopic">Where the answer is wanted (version 5); null = at the usual place.</param>
/// <param name="Correlation">What the answer is to carry (version 5).</param>
internal readonly record struct Pending(ScanMessage? Message, string Topic, ushort PacketId, bool IsExactlyOnce, string? ResponseTopic, byte[]? Correlation);

/// <summary>One connection over which scans come in as messages: of a device to the built-in broker, or ours to an outside one.</summary>
/// <remarks>
/// Three loops: one takes messages, one settles them in their order and acknowledges them once they are on disk, one sends. Between them are short queues; when one is full, the loop before it
/// waits, and at last the sender does.
/// </remarks>
internal abstract partial class MqttSession : IAsyncDisposable
{
    /// <summary>How many packets may wait to be sent on one connection.</summary>
    public const int MostUnsent = 1_024;

    /// <summary>How long the other side may leave what is sent unread before the connection is closed.</summary>
    public static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long the other side may take to close a connection that is ended here.</summary>
    public static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(2);

    private readonly MqttLink _link;
    private readonly MessageIntake _intake;
    private readonly DoorState _state;
    private readonly ILogger _logger;
    private readonly Channel<Pending> _pending;
    private readonly Channel<MqttPacket> _unsent = Channel.CreateBounded<MqttPacket>(new BoundedChannelOptions(MostUnsent) { SingleReader = true });
    private readonly CancellationTokenSource _stopReceiving = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _gone = new();
    private MqttDisconnectPacket? _goodbye;
    private long _lastHeard;
    private long _sendingSince;
    private volatile bool _isHeldUp;
    private volatile bool _isFull;

    protected MqttSession(MqttLink link, MessageIntake intake, DoorState state, int window, TimeProvider time, ILogger logger)
    {
        (_link, _intake, _state, _logger, Time) = (link, intake, state, logger, time);
        _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(window) { SingleReader = true, SingleWriter = true });
        _lastHeard = time.GetTimestamp();
    }

    protected TimeProvider Time { get; }

    /// <summary>Whether the end can be announced: before version 5 only a client can.</summary>
    protected virtual bool MaySayGoodbye => _link.IsFive;

    protected MqttLink Link => _link;

    protected DoorState State => _state;

    /// <summary>Is cancelled when nothing more is taken.</summary>
    protected CancellationToken Stopping => _stopReceiving.Token;

    /// <summary>Is cancelled when nothing comes from the other side any more.</summary>
    protected CancellationToken Ended => _ended.Token;

    /// <summary>Whether nothing more is read, because too much waits to be settled.</summary>
    protected bool IsFull
    {
        get => _isFull;
        private set => _isFull = value;
    }

    /// <summary>How long nothing has come; zero while it is us who do not read.</summary>
    public TimeSpan Silence => _isHeldUp ? TimeSpan.Zero : Time.GetElapsedTime(Interlocked.Read(ref _lastHeard));

    /// <summary>Whether the other side has left what was sent unread for too long.</summary>
    public bool IsStalled => Interlocked.Read(ref _sendingSince) is > 0 and var since && Time.GetElapsedTime(since) > SendPatience;

    /// <summary>Works until the connection ends. What was taken is settled first; what is on disk is acknowledged, as far as anybody still listens.</summary>
    public async Task RunAsync()
    {
        var (settling, sending) = (SettleAllAsync(), SendAllAsync());
        await ReceiveAllAsync();
        await _ended.CancelAsync();
        _pending.Writer.Complete();
        await settling;
        if (_goodbye is { } goodbye && MaySayGoodbye) _unsent.Writer.TryWrite(goodbye);
        _unsent.Writer.Complete();
        await sending;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        patience.CancelAfter(GoodbyePatience);
        if (!_gone.IsCancellationRequested) await _link.FinishAsync(patience.Token);
    }

    /// <summary>Takes no more messages, and ends when those that were taken are settled.</summary>
    /// <param name="why">What the other side is told, where its version knows how.</param>
    public void End(MqttDisconnectReasonCode why)
    {
        Interlocked.CompareExchange(ref _goodbye, new MqttDisconnectPacket { ReasonCode = why }, null);
        _stopReceiving.Cancel();
    }

    /// <summary>Ends without regard for what waits to be sent.</summary>
    public void Abort()
    {
        _stopReceiving.Cancel();
        _gone.Cancel();
    }

    // The sources of cancellation hold nothing, and may be asked for by whoever still knows the session.
    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Something came that is no message; false = the connection is to end.</summary>
    protected abstract ValueTask<bool> HandleAsync(MqttPacket packet);

    /// <summary>A message came; false = the connection is to end.</summary>
    protected abstract ValueTask<bool> TakeAsync(MqttPublishPacket packet);

    /// <summary>Tells whoever is to know what became of a message; false = that was not possible any more, and it must not be acknowledged.</summary>
    protected abstract ValueTask<bool> DeliverAsync(Pending pending, Settlement settlement);

    /// <summary>Queues a message to be settled. Where there are too many, this waits, and nothing more is read meanwhile.</summary>
    protected async ValueTask QueueAsync(Pending pending)
    {
        if (pending.Message is not null) _state.Taken();
        if (_pending.Writer.TryWrite(pending)) return;
        IsFull = true;
        try
        {
            await _pending.Writer.WriteAsync(pending, Stopping);
        }
        catch (OperationCanceledException) when (pending.Message is { } message)
        {
            // Not acknowledged, so that it comes again.
            _state.Settled(message, SettledAs.NotTaken);
            throw;
        }
        finally
        {
            IsFull = false;
        }
    }

    /// <summary>Takes a scan's message; it waits while there is no room.</summary>
    protected ValueTask<ScanMessage> TakeScanAsync(MqttPublishPacket packet, MqttTopics.GateTopic gate, ScanReading.SenderFinder find) =>
        _intake.TakeAsync(BytesOf(packet), gate.Utf8, gate.Gate, find, Stopping);

    /// <summary>Sends a packet; it waits while too many wait already.</summary>
    protected ValueTask SendAsync(MqttPacket packet) => _unsent.Writer.TryWrite(packet) ? default : _unsent.Writer.WriteAsync(packet, CancellationToken.None);

    /// <summary>Sends a packet if there is room for it.</summary>
    protected bool TrySend(MqttPacket packet) => _unsent.Writer.TryWrite(packet);

    /// <summary>What a message says beside its body (version 5); null = nothing of that name.</summary>
    protected static string? PropertyOf(MqttPublishPacket packet, string name) => packet.UserProperties?.Find(property => property.Name == name)?.ReadValueAsString();

    // The decoder has copied it already, into an array of its own.
    private static byte[] BytesOf(MqttPublishPacket packet) =>
        packet.Payload.IsSingleSegment && MemoryMarshal.TryGetArray(packet.Payload.First, out var copied) && copied.Offset == 0 && copied.Array is { } array && array.Length == copied.Count
            ? array
            : packet.Payload.ToArray();
}
