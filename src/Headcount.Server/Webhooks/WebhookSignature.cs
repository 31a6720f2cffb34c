using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Headcount.Server.Webhooks;

/// <summary>Signs what is sent, so that a receiver can tell it from what others send: HMAC-SHA256 of <c>UNIX.body</c> under the webhook's secret.</summary>
internal static class WebhookSignature
{
    public const string Header = "Headcount-Signature";

    /// <summary>The header's value: <c>t=UNIX,v1=HEX</c>.</summary>
    /// <param name="secret">The webhook's secret, as it was shown.</param>
    /// <param name="unix">When the request is sent, in seconds since 1970 UTC.</param>
    /// <param name="body">The body, byte by byte.</param>
    public static string Of(string secret, long unix, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(unix.ToString(CultureInfo.InvariantCulture) + "."));
        hmac.AppendData(body);
        return string.Create(CultureInfo.InvariantCulture, $"t={unix},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}");
    }
}
