namespace Headcount.Engine;

public sealed partial class EventMailbox
{
    /// <summary>An answer that waits for the disk: of one of the round's records, or of a batch's.</summary>
    private readonly record struct Pending(MailItem Item, Judgement Judgement, Judgement[]? Batch);

    /// <summary>What is to be answered: a record by its number.</summary>
    private readonly record struct Judgement(AnswerKind Kind, long Seq, Core.AnnulmentProblem Problem = Core.AnnulmentProblem.None);

    /// <summary>What is decided together, is on disk together, and is answered then.</summary>
    private sealed class Round
    {
        private static readonly Task<Task> AtOnce = Task.FromResult(Task.CompletedTask);

        public List<LogEntry> Entries { get; } = [];

        public List<Pending> Pending { get; } = [];

        /// <summary>How many of those who wait have their answer.</summary>
        public int Answered { get; set; }

        /// <summary>The figures after its last record.</summary>
        public Figures Figures { get; set; } = null!;

        public long Began { get; private set; }

        /// <summary>Completes when the log can take the next round's records.</summary>
        public Task<Task> Written { get; private set; } = AtOnce;

        /// <summary>Completes when its records are on disk.</summary>
        public Task Kept { get; private set; } = Task.CompletedTask;

        public void Write(ValueTask<Task> writing, long began)
        {
            Began = began;
            Written = writing.AsTask();
            Kept = Written.Unwrap();
        }
    }
}
