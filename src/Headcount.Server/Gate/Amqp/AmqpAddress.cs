using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;
using Headcount.Streams;

namespace Headcount.Server.Gate.Amqp;

/// <summary>Where RabbitMQ is: <c>amqp://USER:PASSWORD@HOST:PORT/VHOST</c>, or <c>amqps://</c> with TLS; <c>?ca=FILE</c> names the authority of its certificate.</summary>
internal sealed record AmqpAddress(Uri Uri, string? AuthorityFile)
{
    /// <summary>Reads an address.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static AmqpAddress Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
            throw new InputException("It is no address of RabbitMQ: write amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps://… with TLS.");
        string? authority = null;
        if (uri.Query.Length > 0)
        {
            if (!uri.Query.StartsWith("?ca=", StringComparison.Ordinal) || uri.Query.Contains('&', StringComparison.Ordinal)) throw new InputException($"'{uri.Query}' says nothing about RabbitMQ: there is ca=FILE.");
            authority = Uri.UnescapeDataString(uri.Query[4..]);
        }

        return new AmqpAddress(new UriBuilder(uri) { Query = "" }.Uri, authority);
    }

    /// <summary>Makes connections, which are not mended by the library: what was not acknowledged must come again on a new one.</summary>
    public ConnectionFactory Factory()
    {
        var factory = new ConnectionFactory
        {
            Uri = Uri, ClientProvidedName = "headcount", AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false,
            RequestedHeartbeat = TimeSpan.FromSeconds(20), RequestedConnectionTimeout = TimeSpan.FromSeconds(10), ContinuationTimeout = TimeSpan.FromSeconds(10),
        };
        if (AuthorityFile is { } file) (factory.Ssl.Enabled, factory.Ssl.ServerName, factory.Ssl.CertificateValidationCallback) = (true, Uri.Host, Check(file));
        return factory;
    }

    // Without the password: it is for logs and health.
    public override string ToString() => $"{Uri.Scheme}://{Uri.Host}{(Uri.Port > 0 ? ":" + Uri.Port : "")}{(Uri.AbsolutePath is "/" ? "" : Uri.AbsolutePath)}";

    private static RemoteCertificateValidationCallback Check(string file)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return (_, certificate, _, errors) =>
        {
            if (errors is SslPolicyErrors.None) return true;
            if (errors is not SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf) return false;
            using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            return chain.Build(leaf);
        };
    }
}
