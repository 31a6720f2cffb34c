using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Schema;

/// <summary>Tables, keys and references.</summary>
internal static class Tables
{
    public static void Configure(ModelBuilder model)
    {
        Events(model);
        People(model);
        Doors(model);
        Messages(model);
    }

    private static void Events(ModelBuilder model)
    {
        model.Entity<EventRow>(row =>
        {
            row.ToTable("events").HasKey(e => e.EventId);
            row.HasIndex(e => e.Slug).IsUnique();
            row.HasMany(e => e.Gates).WithOne().HasForeignKey(gate => gate.EventId).OnDelete(DeleteBehavior.Cascade);
            row.HasMany(e => e.TicketTypes).WithOne().HasForeignKey(type => type.EventId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<GateRow>().ToTable("gates").HasKey(gate => new { gate.EventId, gate.Name });
        model.Entity<TicketTypeRow>().ToTable("ticket_types").HasKey(type => new { type.EventId, type.Name });
    }

    private static void People(ModelBuilder model)
    {
        model.Entity<User>(row =>
        {
            row.ToTable("users").HasKey(user => user.UserId);
            row.HasIndex(user => user.Email).IsUnique();
        });
        model.Entity<TicketRow>(row =>
        {
            row.ToTable("tickets").HasKey(ticket => new { ticket.EventId, ticket.TicketId });
            row.HasOne<EventRow>().WithMany().HasForeignKey(ticket => ticket.EventId).OnDelete(DeleteBehavior.Restrict);
            row.HasOne<User>().WithMany().HasForeignKey(ticket => ticket.UserId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void Doors(ModelBuilder model)
    {
        model.Entity<Device>(row =>
        {
            row.ToTable("devices").HasKey(device => device.DeviceId);
            row.HasOne<EventRow>().WithMany().HasForeignKey(device => device.EventId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<Token>(row =>
        {
            row.ToTable("tokens").HasKey(token => token.TokenId);
            row.HasIndex(token => token.Hash).IsUnique();
            row.HasOne<Device>().WithMany().HasForeignKey(token => token.DeviceId).OnDelete(DeleteBehavior.Cascade);
            row.HasOne<User>().WithMany().HasForeignKey(token => token.UserId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void Messages(ModelBuilder model)
    {
        model.Entity<AlertRow>(row =>
        {
            row.ToTable("alerts").HasKey(alert => alert.AlertId);
            row.HasOne<EventRow>().WithMany().HasForeignKey(alert => alert.EventId).OnDelete(DeleteBehavior.Restrict);

            // "from" and "until" would have to be quoted by everybody who writes SQL.
            row.Property(alert => alert.From).HasColumnName("from_time");
            row.Property(alert => alert.Until).HasColumnName("until_time");
        });
        model.Entity<Webhook>(row =>
        {
            row.ToTable("webhooks").HasKey(webhook => webhook.WebhookId);
            row.HasOne<EventRow>().WithMany().HasForeignKey(webhook => webhook.EventId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<WebhookDelivery>(row =>
        {
            row.ToTable("webhook_deliveries").HasKey(delivery => delivery.DeliveryId);
            row.HasOne<Webhook>().WithMany().HasForeignKey(delivery => delivery.WebhookId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(delivery => delivery.NextAttemptAt);
        });
    }
}
