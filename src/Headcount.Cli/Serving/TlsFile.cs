using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Headcount.Streams;

namespace Headcount.Cli.Serving;

/// <summary>Reads the certificate that <c>--tls</c> names.</summary>
internal static class TlsFile
{
    // Where the key is that a PEM file does not hold: NAME.key, or as Let's Encrypt's clients name it.
    private static readonly string[] UsualKeys = ["privkey.pem", "key.pem", "tls.key"];

    /// <returns>The certificate with its key, and all of the file's.</returns>
    /// <exception cref="InputException">It cannot be read, or has no key.</exception>
    public static (X509Certificate2 Leaf, X509Certificate2Collection Chain) Read(string path, string? password)
    {
        if (!File.Exists(path)) throw new InputException($"--tls {path}: there is no such file.");
        try
        {
            return IsPem(path) ? ReadPem(path, password) : ReadPfx(path, password);
        }
        catch (CryptographicException problem)
        {
            throw new InputException($"--tls {path} cannot be read: {problem.Message} (PEM with its key in it or beside it, or PFX; its password goes into HEADCOUNT_TLS_PASSWORD)");
        }
    }

    private static bool IsPem(string path)
    {
        using var reader = File.OpenText(path);
        var start = new char[4096];
        return new string(start, 0, reader.ReadBlock(start)).Contains("-----BEGIN", StringComparison.Ordinal);
    }

    private static (X509Certificate2, X509Certificate2Collection) ReadPem(string path, string? password)
    {
        var key = File.ReadAllText(path).Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? path : KeyBeside(path);
        if (key is null) throw new InputException($"--tls {path} holds no key, and beside it there is no {Path.GetFileName(Path.ChangeExtension(path, ".key"))} and no {string.Join(", no ", UsualKeys)}.");
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(path);
        var leaf = password is null ? X509Certificate2.CreateFromPemFile(path, key) : X509Certificate2.CreateFromEncryptedPemFile(path, password, key);
        return (leaf, chain);
    }

    private static string? KeyBeside(string path) =>
        UsualKeys.Select(name => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name)).Prepend(Path.ChangeExtension(path, ".key")).FirstOrDefault(File.Exists);

    private static (X509Certificate2, X509Certificate2Collection) ReadPfx(string path, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        var leaf = all.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new InputException($"--tls {path} holds no key.");
        return (leaf, all);
    }
}
