using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Headcount.Streams;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>Where an outside MQTT broker is: <c>mqtt://USER:PASSWORD@HOST:PORT</c>, or <c>mqtts://</c> with TLS; <c>?ca=FILE</c> names the authority of its certificate, <c>?share=NAME</c> the group of nodes that split the work, <c>?share=none</c> that there is no other.</summary>
internal sealed record UpstreamAddress(string Host, int Port, bool IsSecure, string? User, string? Password, string? AuthorityFile, string? Share)
{
    private const string DefaultShare = "headcount";
    private const string NoShare = "none";

    /// <summary>Reads an address.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static UpstreamAddress Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("mqtt" or "mqtts") || uri.Host.Length == 0 || uri.AbsolutePath is not ("" or "/"))
            throw new InputException("It is no address of an MQTT broker: write mqtt://USER:PASSWORD@HOST:PORT, or mqtts://… with TLS.");
        var user = uri.UserInfo.Split(':', 2);
        var (authority, share) = (default(string), (string?)DefaultShare);
        foreach (var part in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = part.Split('=', 2) is [var key, var given] ? (key, Uri.UnescapeDataString(given)) : (part, "");
            switch (name)
            {
                case "ca" when value.Length > 0: authority = value; break;
                case "share" when value == NoShare: share = null; break;
                case "share" when value.Length > 0 && !value.AsSpan().ContainsAny('/', '#', '+'): share = value; break;
                default: throw new InputException($"'{part}' says nothing about an MQTT broker: there are ca=FILE, share=NAME and share=none.");
            }
        }

        var isSecure = uri.Scheme == "mqtts";
        return new UpstreamAddress(
            uri.Host, uri.Port > 0 ? uri.Port : isSecure ? 8883 : 1883, isSecure,
            user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null, user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null, authority, share);
    }

    /// <summary>What is subscribed to where the work is not split.</summary>
    public const string Plain = MqttTopics.Scans + "+";

    /// <summary>What is subscribed to where it is.</summary>
    public string Shared => $"$share/{Share ?? DefaultShare}/{Plain}";

    /// <summary>How its certificate is checked: by the machine's authorities, or by the one that is named.</summary>
    public X509ChainPolicy? ChainPolicy()
    {
        if (AuthorityFile is null) return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(AuthorityFile);
        return policy;
    }

    // Without the password: it is for logs and health.
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsSecure ? "mqtts" : "mqtt")}://{Host}:{Port}");
}
