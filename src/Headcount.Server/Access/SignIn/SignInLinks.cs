using System.Security.Cryptography;
using System.Text;

namespace Headcount.Server.Access.SignIn;

/// <summary>Links that sign a browser in as the owner, on this machine only; each works once.</summary>
/// <remarks>Any thread.</remarks>
public sealed class SignInLinks(TimeProvider time)
{
    /// <summary>How long a link is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>How many are good at once; the oldest makes room for a new one.</summary>
    public const int MostOut = 16;

    private readonly Lock _changing = new();
    private readonly List<(byte[] Hash, DateTimeOffset Until)> _out = [];

    /// <summary>The path of a new link, <c>/sign-in/…</c>.</summary>
    public string Create()
    {
        var code = TokenText.Secret();
        lock (_changing)
        {
            if (_out.Count == MostOut) _out.RemoveAt(0);
            _out.Add((HashOf(code), time.GetUtcNow() + Lifetime));
        }

        return $"/sign-in/{code}";
    }

    /// <summary>Whether a code is good; from now on it is not.</summary>
    internal bool TryUse(string code)
    {
        var hash = HashOf(code);
        var now = time.GetUtcNow();
        var found = false;
        lock (_changing)
        {
            for (var i = _out.Count - 1; i >= 0; i--)
            {
                var isThis = CryptographicOperations.FixedTimeEquals(_out[i].Hash, hash);
                found |= isThis && now < _out[i].Until;
                if (isThis || now >= _out[i].Until) _out.RemoveAt(i);
            }
        }

        return found;
    }

    private static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
