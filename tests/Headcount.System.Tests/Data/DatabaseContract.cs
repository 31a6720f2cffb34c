using Headcount.Data;

namespace Headcount.SystemTests.Data;

/// <summary>What every database must do. A derived class says which database.</summary>
public abstract class DatabaseContract : IAsyncLifetime
{
    private readonly List<OpenDatabase> _opened = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("headcount-data-");

    protected string Folder => _folder.FullName;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Where this test's own database is.</summary>
    protected DataOptions Options { get; private set; } = null!;

    /// <summary>The database, open.</summary>
    protected OpenDatabase Db { get; set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Options = await OptionsAsync();
        Db = await OpenAsync(Options);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _opened) await database.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected abstract ValueTask<DataOptions> OptionsAsync();

    protected async Task<OpenDatabase> OpenAsync(DataOptions options)
    {
        var database = await OpenDatabase.StartAsync(options);
        _opened.Add(database);
        return database;
    }

    protected async Task ReopenAsync()
    {
        await Db.DisposeAsync();
        Db = await OpenAsync(Options);
    }
}
