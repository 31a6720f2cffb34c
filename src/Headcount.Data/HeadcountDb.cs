using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data;

/// <summary>The database, but for the scan log, which is written and read by <c>Log/</c> without a model between.</summary>
public abstract class HeadcountDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<TicketRow> Tickets => Set<TicketRow>();

    public DbSet<User> Users => Set<User>();

    public DbSet<Device> Devices => Set<Device>();

    public DbSet<Token> Tokens => Set<Token>();

    public DbSet<AlertRow> Alerts => Set<AlertRow>();

    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();
}
