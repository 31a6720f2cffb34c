using System.Net.Sockets;
using Headcount.Server.Gate.Messages;
using RabbitMQ.Client.Exceptions;

namespace Headcount.Server.Gate.Amqp;

/// <summary>Keeps a connection to RabbitMQ, and comes back to it whenever it is lost. What was not acknowledged on the old one comes again on the new one.</summary>
internal sealed partial class AmqpDoor(ServerOptions options, SenderBook senders, MessageIntake intake, DoorStates states, TimeProvider time, ILogger<AmqpDoor> logger) : BackgroundService
{
    /// <summary>How long after a failure it is tried again; it doubles up to <see cref="LongestWait"/>.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly AmqpAddress _address = AmqpAddress.Parse(options.Amqp!);
    private readonly DoorState _state = states.Amqp;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = FirstWait;
        var isFirst = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            var why = await ConnectAndServeAsync(() => (wait, isFirst) = (FirstWait, true), stoppingToken);
            if (stoppingToken.IsCancellationRequested) return;
            _state.Troubled($"{_address}: {why}");
            if (isFirst) Log.Lost(logger, _address, why);
            isFirst = false;
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private async Task<string> ConnectAndServeAsync(Action connected, CancellationToken stop)
    {
        try
        {
            await using var connection = await _address.Factory().CreateConnectionAsync(stop);
            await using var session = new AmqpSession(connection, senders, intake, _state, time, logger);
            await session.OpenAsync(stop);
            connected();
            _state.Opened();
            _state.Connected();
            Log.Connected(logger, _address);
            try
            {
                return await session.RunAsync(stop);
            }
            finally
            {
                _state.Disconnected();
            }
        }
        catch (OperationCanceledException)
        {
            return "it did not answer";
        }
        catch (Exception problem) when (problem is RabbitMQClientException or IOException or SocketException or System.Security.Cryptography.CryptographicException or TimeoutException)
        {
            return Deepest(problem).Message;
        }
        catch (Exception bug)
        {
            Log.Failed(logger, bug);
            return bug.Message;
        }
    }

    private static Exception Deepest(Exception problem)
    {
        while (problem.InnerException is { } inner) problem = inner;
        return problem;
    }

    private static partial class Log
    {
        [LoggerMessage(770, LogLevel.Information, "RabbitMQ at {Address}: connected")]
        public static partial void Connected(ILogger logger, AmqpAddress address);

        [LoggerMessage(771, LogLevel.Warning, "RabbitMQ at {Address}: {Reason}; it is tried again and again")]
        public static partial void Lost(ILogger logger, AmqpAddress address, string reason);

        [LoggerMessage(772, LogLevel.Error, "The connection to RabbitMQ failed; it is made again")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
