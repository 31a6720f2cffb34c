using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Devices;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate;

/// <summary>Takes the elements of a batch, hands them to the mailbox in chunks, and adds up what became of them. What is wrong with one costs no other.</summary>
/// <remarks>One request's; not for several threads.</remarks>
internal sealed class BatchRun(EventMailbox mailbox, Caller caller, ScanCodes codes, BatchResults results)
{
    /// <summary>How many scans are committed together: few enough that gates do not notice.</summary>
    public const int ChunkSize = 1_000;

    // One is filled while the one before it is written.
    private Chunk _filling = new();
    private Chunk _underWay = new();
    private Task<IReadOnlyList<ScanAnswer>>? _answers;
    private long _index;

    private readonly record struct Element(long Index, string? ScanId, string? Error);

    private sealed class Chunk
    {
        public List<ScanRequest> Requests { get; } = new(ChunkSize);

        public List<Element> Elements { get; } = new(ChunkSize);
    }

    /// <summary>Whether a chunk is full and must be handed in.</summary>
    public bool IsFull => _filling.Elements.Count >= ChunkSize;

    /// <summary>How many elements there were.</summary>
    public long Count => _index;

    /// <summary>Takes an element, or notes why it is none.</summary>
    public void Add(ReadOnlySpan<byte> json, string? broken)
    {
        var index = _index++;
        if (broken is not null)
        {
            _filling.Elements.Add(new Element(index, null, broken));
        }
        else if (ScanReading.Read(json, caller, isFact: true, out var request) is { } problem)
        {
            _filling.Elements.Add(new Element(index, ScanReading.ScanIdOf(json), problem.Error));
        }
        else
        {
            _filling.Requests.Add(codes.Check(in request, mailbox.Settings));
            _filling.Elements.Add(new Element(index, request.Scan.ScanId?.Value, null));
        }
    }

    /// <summary>Hands in what was taken, and waits until what was handed in before is on disk.</summary>
    /// <exception cref="ProblemException">The event takes nothing now; what was handed in before stays.</exception>
    public async Task HandInAsync()
    {
        await SettleAsync();
        (_filling, _underWay) = (_underWay, _filling);
        _answers = _underWay.Requests.Count == 0 ? Task.FromResult<IReadOnlyList<ScanAnswer>>([]) : SubmitAsync(_underWay.Requests);
    }

    /// <summary>Waits until everything that was handed in is on disk.</summary>
    /// <exception cref="ProblemException">The event takes nothing now; what was handed in before stays.</exception>
    public async Task SettleAsync()
    {
        if (_answers is null) return;
        var answers = await _answers;
        _answers = null;
        var next = 0;
        foreach (var element in _underWay.Elements)
        {
            if (element.Error is { } error)
                results.Invalid(element.Index, element.ScanId, error);
            else
                results.Add(element.Index, element.ScanId, answers[next++]);
        }

        _underWay.Requests.Clear();
        _underWay.Elements.Clear();
    }

    // The mailbox itself waits for room, for a while; what it then does not take, it does not take in part.
    private async Task<IReadOnlyList<ScanAnswer>> SubmitAsync(List<ScanRequest> requests)
    {
        var answers = await mailbox.SubmitAsync(requests);
        foreach (var answer in answers)
        {
            if (answer.Kind is not (AnswerKind.Logged or AnswerKind.Repeated or AnswerKind.Conflict)) throw Broken(ScanAnswers.Untaken(mailbox, answer.Kind));
        }

        return answers;
    }

    private ProblemException Broken(ProblemException problem) => new(problem.Status, problem.Code,
        $"The batch broke off: {results.Summary}. {problem.Message} What was recorded stays; sending the whole batch again completes it.", retryAfterSeconds: problem.RetryAfterSeconds);
}
