using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Headcount.Server.Webhooks;

/// <summary>Makes secrets, and keeps them so that the database alone does not give them away.</summary>
internal sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Headcount.Webhooks.Secret.v1");

    /// <summary>A new secret: 256 random bits.</summary>
    public static string New() => $"whsec_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    public string Protect(string secret) => _protector.Protect(secret);

    /// <summary>The secret as it was shown; null where the server's keys no longer open it.</summary>
    public string? TryReveal(string kept)
    {
        try
        {
            return _protector.Unprotect(kept);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
