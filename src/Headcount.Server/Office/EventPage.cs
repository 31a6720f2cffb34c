using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Components;

namespace Headcount.Server.Office;

/// <summary>A page of one event, for whoever has the right at that event. What somebody else changed meanwhile is noticed.</summary>
public abstract class EventPage : OfficePage
{
    [Parameter] public string Slug { get; set; } = "";

    [Inject] internal EventService Events { get; set; } = null!;

    [Inject] internal EventDirectory Directory { get; set; } = null!;

    /// <summary>The event as it was read.</summary>
    internal EventRow Event { get; set; } = null!;

    /// <summary>What the page is called; before the event was read, its address.</summary>
    protected string Heading => IsLoaded ? Event.Name : Slug;

    internal Zone EventZone => Zone.TryFind(Event.Zone, out var zone) ? zone : Zone.Utc;

    /// <summary>Whether somebody else changed the event since it was read, so that nothing was saved.</summary>
    internal bool IsOutOfDate { get; set; }

    /// <summary>What the page takes.</summary>
    internal virtual Right Needs => Right.Organise;

    protected override async Task LoadAsync()
    {
        var (_, there) = Directory.Admit(Me, Slug, Needs);
        Me = there;
        Event = await Events.FindAsync(Me, Slug, Needs, Leaving);
        IsOutOfDate = false;
        await LoadEventAsync();
    }

    /// <summary>Reads what the page shows besides the event.</summary>
    protected virtual Task LoadEventAsync() => Task.CompletedTask;

    internal override void OnRefused(ProblemException problem) => IsOutOfDate = problem?.Code == ProblemCodes.ChangedMeanwhile;
}
