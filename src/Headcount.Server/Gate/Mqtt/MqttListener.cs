using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>A socket that devices connect to, with TLS or without.</summary>
internal sealed class MqttListener : IDisposable
{
    private const int Backlog = 512;

    private readonly Socket _socket;
    private readonly SslServerAuthenticationOptions? _tls;

    private MqttListener(Socket socket, MqttAddress address, SslServerAuthenticationOptions? tls)
    {
        (_socket, _tls) = (socket, tls);
        Address = address with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port };
    }

    /// <summary>Where it listens; the port is the real one.</summary>
    public MqttAddress Address { get; }

    /// <summary>Listens on an address: on all of the machine's endpoints that it stands for.</summary>
    /// <exception cref="SocketException">It cannot.</exception>
    public static IReadOnlyList<MqttListener> Open(MqttAddress address, ServerCertificate? certificate)
    {
        var tls = address.IsSecure ? Tls(certificate ?? throw new InvalidOperationException($"{address} needs a certificate.")) : null;
        var listeners = new List<MqttListener>();
        foreach (var endPoint in address.EndPoints)
        {
            try
            {
                listeners.Add(new MqttListener(Listen(endPoint), address, tls));
            }
            catch (SocketException problem) when (listeners.Count > 0 && problem.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
            {
                // A machine without IPv6 has no second loopback address.
            }
            catch
            {
                foreach (var listener in listeners) listener.Dispose();
                throw;
            }
        }

        return listeners;
    }

    public ValueTask<Socket> AcceptAsync(CancellationToken cancellation) => _socket.AcceptAsync(cancellation);

    /// <summary>What is spoken over a connection: behind TLS where that is asked for.</summary>
    public async Task<Stream> StreamAsync(Socket connection, CancellationToken cancellation)
    {
        connection.NoDelay = true;
        var stream = new NetworkStream(connection, ownsSocket: true);
        if (_tls is null) return stream;
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsServerAsync(_tls, cancellation);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static Socket Listen(IPEndPoint endPoint)
    {
        var isAny = endPoint.Address.Equals(IPAddress.IPv6Any);
        if (isAny && !Socket.OSSupportsIPv6) endPoint = new IPEndPoint(IPAddress.Any, endPoint.Port);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isAny && socket.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = true;
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslServerAuthenticationOptions Tls(ServerCertificate certificate) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate.Leaf, certificate.Chain, offline: true),
    };
}
