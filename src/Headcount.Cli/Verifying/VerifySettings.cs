namespace Headcount.Cli.Verifying;

/// <summary>What to verify, and against which server.</summary>
/// <param name="Folder">The server's folder.</param>
/// <param name="Database">Its database; null = SQLite in the folder.</param>
/// <param name="Url">The server to ask; null = the one that left its address in the folder, if it answers.</param>
/// <param name="Token">The token for it; null = the owner's, from the folder.</param>
/// <param name="Event">One event only; null = all.</param>
/// <param name="AsJson">Whether programs read the answer.</param>
internal sealed record VerifySettings(string Folder, string? Database, Uri? Url, string? Token, string? Event, bool AsJson);
