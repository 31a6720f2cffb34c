using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Headcount.Client;

/// <summary>Keeps what a device was told so that whoever takes its disk reads nothing: AES-256-GCM under a key made from the device's token.</summary>
/// <remarks>Written <c>HCS1</c>, 12 random bytes, the ciphertext, and the 16 bytes of its tag. The device's id is authenticated with it, so that what is another's is not opened. In a browser, WebCrypto does the same.</remarks>
[UnsupportedOSPlatform("browser")]
public static class DeviceSeal
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private static ReadOnlySpan<byte> Magic => "HCS1"u8;

    /// <summary>Seals.</summary>
    public static byte[] Seal(string token, string deviceId, ReadOnlySpan<byte> content) => Seal(token, deviceId, content, RandomNumberGenerator.GetBytes(NonceLength));

    /// <summary>Opens what was sealed.</summary>
    /// <returns>Null where it was sealed with another token or for another device, was changed, or is cut off: then the device asks the server anew.</returns>
    public static byte[]? Open(string token, string deviceId, ReadOnlySpan<byte> sealedContent)
    {
        if (sealedContent.Length < Magic.Length + NonceLength + TagLength || !sealedContent.StartsWith(Magic)) return null;
        var rest = sealedContent[Magic.Length..];
        var content = new byte[rest.Length - NonceLength - TagLength];
        using var cipher = new AesGcm(KeyOf(token, deviceId), TagLength);
        try
        {
            cipher.Decrypt(rest[..NonceLength], rest[NonceLength..^TagLength], rest[^TagLength..], content, Bound(deviceId));
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    internal static byte[] Seal(string token, string deviceId, ReadOnlySpan<byte> content, ReadOnlySpan<byte> nonce)
    {
        var result = new byte[Magic.Length + NonceLength + content.Length + TagLength];
        Magic.CopyTo(result);
        nonce.CopyTo(result.AsSpan(Magic.Length));
        using var cipher = new AesGcm(KeyOf(token, deviceId), TagLength);
        cipher.Encrypt(nonce, content, result.AsSpan(Magic.Length + NonceLength, content.Length), result.AsSpan(^TagLength..), Bound(deviceId));
        return result;
    }

    internal static byte[] KeyOf(string token, string deviceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        ArgumentException.ThrowIfNullOrEmpty(deviceId);
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(token), 32, Encoding.UTF8.GetBytes(deviceId), "headcount/device/1/seal"u8.ToArray());
    }

    private static byte[] Bound(string deviceId) => [.. Magic, .. Encoding.UTF8.GetBytes(deviceId)];
}
