namespace Headcount.Data;

/// <summary>Why a database is refused, in words.</summary>
internal static class DatabaseRefusals
{
    public static DatabaseRefusedException LacksMigrations(string database, IReadOnlyList<string> missing) =>
        new($"{database} lacks {missing.Count} migration(s), and --no-migrate forbids to run them: {string.Join(", ", missing)}. Start once without --no-migrate, or run them by hand.");
}
