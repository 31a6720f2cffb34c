namespace Headcount.Data.Migrations;

/// <summary>SQL that a migration brings along as a file beside it, so that it can be read as SQL.</summary>
internal static class MigrationScript
{
    public static string Read(string name)
    {
        using var stream = typeof(MigrationScript).Assembly.GetManifestResourceStream($"Headcount.Data.Migrations.{name}.sql")
            ?? throw new InvalidOperationException($"The script {name} of a migration is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
