using Headcount.Core;
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
        Organisations(model);
        SignIns(model);
        Doors(model);
        Messages(model);
        DeviceTables.Configure(model);
    }

    private static void Events(ModelBuilder model)
    {
        model.Entity<EventRow>(row =>
        {
            row.ToTable("events").HasKey(e => e.EventId);
            row.HasIndex(e => e.Slug).IsUnique();

            // No reference that the database checks: organisations are never deleted, and SQLite would have to make the table anew.
            row.HasIndex(e => e.OrganisationId);
            row.Property(e => e.OrganisationId).HasDefaultValue(Organisation.First).ValueGeneratedNever();
            row.Property(e => e.Version).HasDefaultValue(0L).ValueGeneratedNever().IsConcurrencyToken();
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
            row.HasIndex(ticket => new { ticket.EventId, ticket.Status, ticket.TicketId });
            row.HasIndex(ticket => new { ticket.EventId, ticket.UpdatedAt, ticket.TicketId });
        });
        model.Entity<TicketNote>(row =>
        {
            row.ToTable("ticket_notes").HasKey(note => note.NoteId);
            row.HasOne<TicketRow>().WithMany().HasForeignKey(note => new { note.EventId, note.TicketId }).OnDelete(DeleteBehavior.Cascade);

            // "by" would have to be quoted by everybody who writes SQL.
            row.Property(note => note.By).HasColumnName("made_by");
        });
    }

    private static void Organisations(ModelBuilder model)
    {
        model.Entity<Organisation>(row =>
        {
            row.ToTable("organisations").HasKey(organisation => organisation.OrganisationId);
            row.Property(organisation => organisation.OrganisationId).ValueGeneratedNever();
            row.HasData(new Organisation { OrganisationId = Organisation.First, Name = "My organisation", CreatedAt = new Instant(0) });
        });
        model.Entity<Member>(row =>
        {
            row.ToTable("members").HasKey(member => new { member.OrganisationId, member.UserId });
            row.HasOne<Organisation>().WithMany().HasForeignKey(member => member.OrganisationId).OnDelete(DeleteBehavior.Cascade);
            row.HasOne<User>().WithMany().HasForeignKey(member => member.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Invitation>(row =>
        {
            row.ToTable("invitations").HasKey(invitation => invitation.InvitationId);
            row.HasIndex(invitation => invitation.Hash).IsUnique();
            row.HasOne<Organisation>().WithMany().HasForeignKey(invitation => invitation.OrganisationId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Setting>().ToTable("settings").HasKey(setting => setting.Name);
    }

    private static void SignIns(ModelBuilder model)
    {
        model.Entity<Session>(row =>
        {
            row.ToTable("sessions").HasKey(session => session.SessionId);
            row.HasOne<User>().WithMany().HasForeignKey(session => session.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Passkey>(row =>
        {
            row.ToTable("passkeys").HasKey(passkey => passkey.CredentialId);
            row.HasOne<User>().WithMany().HasForeignKey(passkey => passkey.UserId).OnDelete(DeleteBehavior.Cascade);
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
