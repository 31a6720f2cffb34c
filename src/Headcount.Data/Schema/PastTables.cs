using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Schema;

/// <summary>Tables of what was: who changed what, roll-calls, what became of anomalies.</summary>
internal static class PastTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<AuditRow>(row =>
        {
            row.ToTable("audit").HasKey(one => one.AuditId);
            row.HasIndex(one => new { one.EventId, one.At, one.AuditId });
            row.HasIndex(one => new { one.OrganisationId, one.At, one.AuditId });

            // "by" would have to be quoted by everybody who writes SQL.
            row.Property(one => one.By).HasColumnName("made_by");
        });
        model.Entity<RollCall>(row =>
        {
            row.ToTable("roll_calls").HasKey(one => one.RollCallId);
            row.HasOne<EventRow>().WithMany().HasForeignKey(one => one.EventId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<RollCallMark>(row =>
        {
            row.ToTable("roll_call_marks").HasKey(one => one.MarkId);
            row.HasOne<RollCall>().WithMany().HasForeignKey(one => one.RollCallId).OnDelete(DeleteBehavior.Cascade);
            row.Property(one => one.By).HasColumnName("made_by");
        });
        model.Entity<ReviewRow>(row =>
        {
            row.ToTable("reviews").HasKey(one => one.ReviewId);
            row.HasIndex(one => new { one.EventId, one.Seq });
            row.Property(one => one.By).HasColumnName("made_by");
        });
    }
}
