namespace Headcount.Server.Access;

/// <summary>What whoever starts the server must be told, and may be told once.</summary>
public sealed class FirstStart
{
    /// <summary>What the owner's account is called when the server makes it.</summary>
    public const string OwnerEmail = "owner@localhost";

    private string? _ownerPassword;

    /// <summary>The file with a token of the owner's.</summary>
    public string OwnerTokenFile { get; internal set; } = "";

    /// <summary>The owner's password, the first time it is asked for after the account was made; null otherwise.</summary>
    public string? TakeOwnerPassword() => Interlocked.Exchange(ref _ownerPassword, null);

    /// <summary>Whether the owner's account was made by this very start.</summary>
    public bool IsFirst { get; private set; }

    internal void Keep(string ownerPassword) => (_ownerPassword, IsFirst) = (ownerPassword, true);
}
