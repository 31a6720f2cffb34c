using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Data.Schema;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data;

/// <summary>The database, but for the scan log, which is written and read by <c>Sqlite/</c> and <c>Postgres/</c> without a model between.</summary>
public abstract partial class HeadcountDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<TicketRow> Tickets => Set<TicketRow>();

    public DbSet<TicketNote> TicketNotes => Set<TicketNote>();

    public DbSet<User> Users => Set<User>();

    public DbSet<Organisation> Organisations => Set<Organisation>();

    public DbSet<Member> Members => Set<Member>();

    public DbSet<Invitation> Invitations => Set<Invitation>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Passkey> Passkeys => Set<Passkey>();

    public DbSet<Setting> Settings => Set<Setting>();

    public DbSet<Device> Devices => Set<Device>();

    public DbSet<PairingCode> PairingCodes => Set<PairingCode>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<OfflinePeriod> OfflinePeriods => Set<OfflinePeriod>();

    public DbSet<Token> Tokens => Set<Token>();

    public DbSet<AlertRow> Alerts => Set<AlertRow>();

    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Tables.Configure(modelBuilder);
        PastTables.Configure(modelBuilder);
        SnakeCase.Apply(modelBuilder);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        configurationBuilder.Properties<TicketStatus>().HaveConversion<StatusConverter>();
        configurationBuilder.Properties<ScanType>().HaveConversion<WordConverter<ScanType>>();
        configurationBuilder.Properties<DegradedMode>().HaveConversion<WordConverter<DegradedMode>>();
        configurationBuilder.Properties<AccountRole>().HaveConversion<WordConverter<AccountRole>>();
    }
}
