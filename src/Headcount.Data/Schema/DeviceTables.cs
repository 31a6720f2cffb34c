using Headcount.Core;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Schema;

/// <summary>Tables of devices that live without a network, and of tickets that prove themselves.</summary>
internal static class DeviceTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<GateRow>().Property(gate => gate.DegradedMode).HasDefaultValue(DegradedMode.Leased).ValueGeneratedNever();
        model.Entity<EventRow>().Property(row => row.RequiresCodes).HasDefaultValue(false).ValueGeneratedNever();
        model.Entity<Device>().Property(device => device.ValidateOnly).HasDefaultValue(false).ValueGeneratedNever();
        model.Entity<PairingCode>(row =>
        {
            row.ToTable("pairing_codes").HasKey(code => code.PairingCodeId);
            row.HasIndex(code => code.Hash).IsUnique();
            row.HasOne<Device>().WithMany().HasForeignKey(code => code.DeviceId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<SigningKey>(row =>
        {
            row.ToTable("signing_keys").HasKey(key => new { key.EventId, key.KeyId });
            row.HasOne<EventRow>().WithMany().HasForeignKey(key => key.EventId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<LeaseRow>(row =>
        {
            row.ToTable("leases").HasKey(lease => lease.DeviceId);
            row.HasIndex(lease => lease.EventId);
            row.HasOne<Device>().WithMany().HasForeignKey(lease => lease.DeviceId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<OfflinePeriod>(row =>
        {
            row.ToTable("offline_periods").HasKey(period => period.OfflinePeriodId);
            row.HasIndex(period => period.DeviceId);
            row.HasOne<Device>().WithMany().HasForeignKey(period => period.DeviceId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
