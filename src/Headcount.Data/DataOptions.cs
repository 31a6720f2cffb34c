namespace Headcount.Data;

/// <summary>Where the database is.</summary>
public sealed record DataOptions
{
    /// <summary>The folder for the SQLite database and other files.</summary>
    public required string Folder { get; init; }

    /// <summary><c>postgres://…</c> or an Npgsql connection string; null = SQLite in <see cref="Folder"/>.</summary>
    public string? Connection { get; init; }

    /// <summary>Whether migrations run at start; otherwise a database that lacks some is refused.</summary>
    public bool Migrate { get; init; } = true;
}
