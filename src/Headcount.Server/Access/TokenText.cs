using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Headcount.Server.Access;

/// <summary>SHA-256 of a token, in four words: what is kept of it.</summary>
internal readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
{
    public static TokenHash Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));

    public byte[] ToBytes()
    {
        var bytes = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), D);
        return bytes;
    }

    // Any part of a hash of random bits is as good as a hash of it.
    public override int GetHashCode() => (int)A;
}

/// <summary>What a token looks like: a prefix that says whose it is, and 32 random bytes.</summary>
internal static class TokenText
{
    public const string DevicePrefix = "hcd_";
    public const string AccountPrefix = "hca_";

    /// <summary>What is longer is no token of ours, and is not looked at.</summary>
    public const int MaxLength = 128;

    private const int RandomBytes = 32;

    /// <summary>A new token.</summary>
    public static string New(string prefix) => prefix + Secret();

    /// <summary>32 random bytes as text that fits into an address.</summary>
    public static string Secret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The hash that a token goes by; false where the text cannot be one.</summary>
    public static bool TryHash(ReadOnlySpan<char> token, out TokenHash hash)
    {
        hash = default;
        if (token.Length is 0 or > MaxLength) return false;
        Span<byte> ascii = stackalloc byte[MaxLength];
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] is < '!' or > '~') return false;
            ascii[i] = (byte)token[i];
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ascii[..token.Length], digest);
        hash = TokenHash.Read(digest);
        return true;
    }
}
