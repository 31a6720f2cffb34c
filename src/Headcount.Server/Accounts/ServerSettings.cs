using System.Globalization;
using Headcount.Data;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Accounts;

/// <summary>What the owner set for the whole server; in memory, as the database has it.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class ServerSettings(IDbReader reader, IWriteQueue writes)
{
    private const string RegistrationName = "registration";
    private const string AddressName = "address";
    private const string RetentionName = "retention_days";

    private volatile Values _values = new(false, null, null);

    /// <summary>Whether anybody may make an account, which then has no rights until somebody gives it some.</summary>
    public bool IsRegistrationOpen => _values.IsRegistrationOpen;

    /// <summary>The address by which people reach this server: what links in letters begin with. Never taken from a request of somebody unknown.</summary>
    public Uri? Address => _values.Address;

    /// <summary>How many days after an event names are erased, where the event does not say; null = never.</summary>
    public int? RetentionDays => _values.RetentionDays;

    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = reader.Open();
        var all = await db.Settings.AsNoTracking().ToDictionaryAsync(one => one.Name, one => one.Value, cancellation);
        _values = new Values(all.GetValueOrDefault(RegistrationName) == "open", all.TryGetValue(AddressName, out var text) && Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : null,
            all.TryGetValue(RetentionName, out var days) && int.TryParse(days, CultureInfo.InvariantCulture, out var number) ? number : null);
    }

    public async Task ChangeAsync(bool isRegistrationOpen, Uri? address, int? retentionDays, CancellationToken cancellation)
    {
        await writes.WriteAsync(
            async (db, ct) =>
            {
                await PutAsync(db, RegistrationName, isRegistrationOpen ? "open" : "invitation", ct);
                await PutAsync(db, AddressName, address?.AbsoluteUri ?? "", ct);
                await PutAsync(db, RetentionName, retentionDays?.ToString(CultureInfo.InvariantCulture) ?? "", ct);
                return await db.SaveChangesAsync(ct);
            },
            cancellation);
        _values = new Values(isRegistrationOpen, address, retentionDays);
    }

    private static async Task PutAsync(HeadcountDb db, string name, string value, CancellationToken cancellation)
    {
        if (await db.Settings.SingleOrDefaultAsync(one => one.Name == name, cancellation) is { } known)
            known.Value = value;
        else
            db.Settings.Add(new Setting { Name = name, Value = value });
    }

    private sealed record Values(bool IsRegistrationOpen, Uri? Address, int? RetentionDays);
}
