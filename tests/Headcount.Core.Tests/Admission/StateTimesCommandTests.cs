using static Headcount.Core.ScanType;

namespace Headcount.Core.Tests.Admitting;

/// <summary>Whatever a ticket's state, every scan of it has one answer.</summary>
public sealed class StateTimesCommandTests
{
    private static readonly Dictionary<string, Action<LoggedVenue>> States = new()
    {
        ["never came"] = _ => { },
        ["is inside"] = venue => venue.Enter("T", 10),
        ["has left"] = venue => { venue.Enter("T", 10); venue.Leave("T", 20); },
        ["has just left"] = venue => { venue.Enter("T", 10); venue.Leave("T", 38); },
        ["was only seen leaving"] = venue => venue.Leave("T", 20),
        ["was inside when the day was closed"] = venue => { venue.Enter("T", 10); venue.CloseDay(20, 20); },
        ["was turned away"] = venue => { venue.Enter("X", 5); venue.Enter("Y", 6); venue.Enter("T", 10); },
        ["was let in and taken back"] = venue => { venue.Enter("T", 10); venue.Annul(1, 20); },
    };

    private static readonly Dictionary<string, Func<LoggedVenue, ScanRecord>> Commands = new()
    {
        ["enters"] = venue => venue.Enter("T", 40),
        ["leaves"] = venue => venue.Leave("T", 40),
        ["entered at 30"] = venue => venue.Report("T", Entry, 30, received: 40),
        ["left at 30"] = venue => venue.Report("T", Exit, 30, received: 40),
    };

    // state, command, reason or warnings, then how many are inside and how many would be
    public static TheoryData<string, string, string, int, int> Answers => new()
    {
        { "never came", "enters", "", 1, 1 },
        { "never came", "leaves", "exit_without_entry", 0, 0 },
        { "never came", "entered at 30", "", 1, 1 },
        { "never came", "left at 30", "exit_without_entry", 0, 0 },
        { "is inside", "enters", "already_inside", 1, 1 },
        { "is inside", "leaves", "", 0, 0 },
        { "is inside", "entered at 30", "already_inside", 1, 1 },
        { "is inside", "left at 30", "", 0, 0 },
        { "has left", "enters", "", 1, 1 },
        { "has left", "leaves", "exit_without_entry", 0, 0 },
        { "has left", "entered at 30", "", 1, 1 },
        { "has left", "left at 30", "exit_without_entry", 0, 0 },
        { "has just left", "enters", "rapid_reentry", 1, 1 },
        { "has just left", "leaves", "exit_without_entry", 0, 0 },
        { "has just left", "entered at 30", "already_inside", 0, 1 },
        { "has just left", "left at 30", "", 0, 0 },
        { "was only seen leaving", "enters", "", 1, 1 },
        { "was only seen leaving", "leaves", "exit_without_entry", 0, 0 },
        { "was only seen leaving", "entered at 30", "", 1, 1 },
        { "was only seen leaving", "left at 30", "exit_without_entry", 0, 0 },
        { "was inside when the day was closed", "enters", "", 1, 1 },
        { "was inside when the day was closed", "leaves", "", 0, 0 },
        { "was inside when the day was closed", "entered at 30", "", 1, 1 },
        { "was inside when the day was closed", "left at 30", "", 0, 0 },
        { "was turned away", "enters", "at_capacity", 2, 3 },
        { "was turned away", "leaves", "exit_without_entry", 2, 2 },
        { "was turned away", "entered at 30", "at_capacity", 3, 3 },
        { "was turned away", "left at 30", "exit_without_entry", 2, 2 },
        { "was let in and taken back", "enters", "", 1, 1 },
        { "was let in and taken back", "leaves", "exit_without_entry", 0, 0 },
        { "was let in and taken back", "entered at 30", "", 1, 1 },
        { "was let in and taken back", "left at 30", "exit_without_entry", 0, 0 },
    };

    [Theory, MemberData(nameof(Answers))]
    public void every_state_answers_every_command(string state, string command, string answer, int actual, int theoretical)
    {
        var venue = new LoggedVenue(new AdmissionRules { Capacity = 2 });
        States[state](venue);
        var record = Commands[command](venue);
        Assert.Equal(answer, record.Reason == RefusalReason.None ? string.Join(' ', record.Warnings.CodesOf()) : record.Reason.Code());
        Assert.Equal((actual, theoretical), (venue.Admission.Actual, venue.Admission.Theoretical));
    }

    [Fact]
    public void no_answer_is_missing() => Assert.Equal(States.Count * Commands.Count, Answers.Count);
}
