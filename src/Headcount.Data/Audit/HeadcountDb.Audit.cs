using Headcount.Data.Audit;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data;

public abstract partial class HeadcountDb
{
    /// <summary>Whoever makes the changes; null = the server itself.</summary>
    public Actor? Actor { get; set; }

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<RollCall> RollCalls => Set<RollCall>();

    public DbSet<RollCallMark> RollCallMarks => Set<RollCallMark>();

    public DbSet<ReviewRow> Reviews => Set<ReviewRow>();

    /// <summary>Saves, and writes down who changed what, in the same transaction.</summary>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (Actor is not { } actor) return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        ChangeTracker.DetectChanges();
        var changes = AuditedChange.Of(ChangeTracker);
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        if (changes.Count == 0) return saved;

        // Only now do new rows have their numbers.
        foreach (var change in changes) Audit.Add(await change.ToRowAsync(this, actor, cancellationToken));
        await base.SaveChangesAsync(true, cancellationToken);
        return saved;
    }

    /// <summary>Writes down a change that no row of the model shows: one that was made in SQL, or of many rows at once.</summary>
    /// <param name="action">What was done, as in <see cref="AuditRow.Action"/>.</param>
    /// <param name="subject">With what kind of thing.</param>
    /// <param name="subjectId">Which.</param>
    /// <param name="eventId">The event that it concerns.</param>
    /// <param name="organisationId">The organisation that it concerns.</param>
    /// <param name="changes">What changed.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task NoteAsync(string action, string subject, string subjectId, long? eventId, long? organisationId, IReadOnlyList<FieldChange>? changes, CancellationToken cancellation)
    {
        if (Actor is not { } actor) return;
        Audit.Add(new AuditRow
        {
            At = actor.Now, EventId = eventId, OrganisationId = organisationId, UserId = actor.UserId, By = actor.Name, Via = actor.Via,
            Action = action, Subject = subject, SubjectId = subjectId, Changes = FieldChange.Write(changes),
        });
        await base.SaveChangesAsync(true, cancellation);
    }

    /// <summary>Writes down the same of many things, a row each, so that every one of them is found by what it is called.</summary>
    /// <param name="action">What was done.</param>
    /// <param name="subject">With what kind of thing.</param>
    /// <param name="each">Which, and what changed of it.</param>
    /// <param name="eventId">The event that it concerns.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task NoteEachAsync(string action, string subject, IEnumerable<(string SubjectId, IReadOnlyList<FieldChange>? Changes)> each, long? eventId, CancellationToken cancellation)
    {
        if (Actor is not { } actor) return;
        Audit.AddRange(each.Select(one => new AuditRow
        {
            At = actor.Now, EventId = eventId, UserId = actor.UserId, By = actor.Name, Via = actor.Via, Action = action, Subject = subject, SubjectId = one.SubjectId, Changes = FieldChange.Write(one.Changes),
        }));
        await base.SaveChangesAsync(true, cancellation);
    }
}
