using Headcount.Data.Audit;
using Headcount.Server.Access;
using Headcount.Server.Languages;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Headcount.Server.Office;

/// <summary>What pages of the office have in common: who calls, how a page loads, and how what goes wrong is said.</summary>
public abstract class OfficePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();

    [Inject] internal OfficeCaller WhoCalls { get; set; } = null!;

    [Inject] internal NavigationManager Navigation { get; set; } = null!;

    [Inject] internal ISnackbar Snackbar { get; set; } = null!;

    [Inject] internal TimeProvider Clock { get; set; } = null!;

    /// <summary>The request, while the page is drawn for the first time.</summary>
    [CascadingParameter] internal HttpContext? Request { get; set; }

    /// <summary>Who calls; at a page of an event, with what they may there.</summary>
    internal Caller Me { get; set; } = null!;

    /// <summary>Why the page cannot be shown; null = it can.</summary>
    internal ProblemException? Refusal { get; private set; }

    /// <summary>What went wrong with what was last tried; null = nothing.</summary>
    internal string? Wrong { get; set; }

    /// <summary>What was wrong with single fields.</summary>
    internal IReadOnlyDictionary<string, string> WrongFields { get; set; } = new Dictionary<string, string>();

    protected bool IsLoaded { get; private set; }

    protected bool IsBusy { get; private set; }

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Leaving => _leaving.Token;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override Task OnInitializedAsync() => ReloadAsync();

    /// <summary>Reads what the page shows.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    protected async Task ReloadAsync()
    {
        try
        {
            Me = await WhoCalls.GetAsync();
            await LoadAsync();
            (Refusal, IsLoaded) = (null, true);
        }
        catch (ProblemException problem)
        {
            Refusal = problem;
            Answer(Request, problem.Status);
        }
        catch (SignedOutException)
        {
            // On the way to the sign-in page.
        }
    }

    /// <summary>Gives the answer of a request its status. At the last moment: a page that has 404 while it is drawn is thrown away by the framework, for a middleware that we do not have.</summary>
    internal static void Answer(HttpContext? request, int status)
    {
        if (request is not { Response.HasStarted: false }) return;
        request.Response.OnStarting(() =>
        {
            request.Response.StatusCode = status;
            return Task.CompletedTask;
        });
    }

    /// <summary>Does something that may be refused, and says so on the page; true where it was done.</summary>
    protected async Task<bool> TryAsync(Func<Task> act, string? done = null)
    {
        ArgumentNullException.ThrowIfNull(act);
        if (IsBusy) return false;
        (IsBusy, Wrong, WrongFields) = (true, null, new Dictionary<string, string>());
        try
        {
            Me = await WhoCalls.GetAsync();
            Actor.Current = Me.ToActor("office", Clock);
            await act();
            if (done is not null) Snackbar.Add(Words.Of(done), Severity.Success);
            return true;
        }
        catch (ProblemException problem)
        {
            (Wrong, WrongFields) = (SaidOf(problem), problem.Errors ?? WrongFields);
            OnRefused(problem);
            return false;
        }
        catch (SignedOutException)
        {
            return false;
        }
        finally
        {
            IsBusy = false;
        }
    }

    /// <summary>What was tried was refused.</summary>
    internal virtual void OnRefused(ProblemException problem)
    {
    }

    // Where single fields are wrong they say so themselves.
    private static string SaidOf(ProblemException problem) => problem.Errors is { Count: > 0 } ? Words.Of("form.wrong-fields") : Words.Find("problem." + problem.Code) ?? problem.Message;
}
