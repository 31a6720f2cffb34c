using Headcount.Server;
using Headcount.SystemTests.Data;

namespace Headcount.SystemTests.Serving;

/// <summary>What a whole server must do on every database. A derived class says which database.</summary>
public abstract class ServingContract
{
    /// <summary>Starts a server. Given a folder, it goes on with what it had there.</summary>
    protected async Task<RunningServer> StartAsync(Func<ServerOptions, ServerOptions>? configure = null, string? folder = null)
    {
        var database = await DatabaseAsync(folder);
        return await RunningServer.StartAsync(options => (configure?.Invoke(options) ?? options) with { Database = database }, folder);
    }

    /// <summary>The database of a server with this folder, the same each time; null = SQLite in the folder.</summary>
    protected virtual ValueTask<string?> DatabaseAsync(string? folder) => new((string?)null);
}

/// <summary>The databases of one test on PostgreSQL.</summary>
internal sealed class PostgresDatabases
{
    private readonly Dictionary<string, string> _ofFolders = [];

    public async ValueTask<string?> FindAsync(string? folder)
    {
        if (folder is not null && _ofFolders.TryGetValue(folder, out var known)) return known;
        var made = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync();
        if (folder is not null) _ofFolders[folder] = made;
        return made;
    }
}
