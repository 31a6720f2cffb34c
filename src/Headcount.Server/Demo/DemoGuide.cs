namespace Headcount.Server.Demo;

/// <summary>What a person needs to open a gate of the demonstration.</summary>
public sealed class DemoGuide
{
    private readonly TaskCompletionSource<DemoInvitation> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the event, its tickets and its devices are there; fails where they could not be made.</summary>
    public Task<DemoInvitation> Ready => _ready.Task;

    internal void Invite(DemoInvitation invitation) => _ready.TrySetResult(invitation);

    internal void Fail(Exception problem) => _ready.TrySetException(problem);
}

/// <summary>A gate, the token of its device, and a ticket that is not inside and that the crowd never uses.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Token">Its device's token.</param>
/// <param name="TicketId">The ticket; its type passes a full house.</param>
/// <param name="TokensFile">The file with the tokens of all gates.</param>
public sealed record DemoInvitation(string Gate, string Token, string TicketId, string TokensFile);
