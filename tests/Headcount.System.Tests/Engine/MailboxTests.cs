using System.Collections.Concurrent;
using Headcount.Core;
using Headcount.Engine;
using Microsoft.Extensions.Logging;
using static Headcount.Core.ScanType;
using static Headcount.SystemTests.Engine.EngineBench;

namespace Headcount.SystemTests.Engine;

/// <summary>What the mailbox promises, on a real log.</summary>
public sealed class MailboxTests
{
    private static ScanRecord Record(ScanAnswer answer) => (ScanRecord)answer.Entry!.Record;

    [Fact]
    public async Task nothing_is_answered_or_shown_before_it_is_on_disk()
    {
        await using var bench = await StartAsync();
        var held = bench.Log.Hold();
        var answer = bench.Submit("T1");
        await held.WaitAsync(TestContext.Current.CancellationToken);
        var question = bench.Mailbox.AskAsync(admission => admission.Actual).AsTask();
        Assert.False(answer.IsCompleted);
        Assert.False(question.IsCompleted);
        Assert.Equal(0, bench.Mailbox.Figures.Occupancy);
        bench.Log.Release();
        Assert.Equal(AnswerKind.Logged, (await answer).Kind);
        Assert.Equal(1, await question);
        Assert.Equal(1, bench.Mailbox.Figures.Occupancy);
        Assert.Single(await bench.ReadLogAsync());
    }

    [Fact]
    public async Task a_server_that_is_stopped_in_the_midst_of_a_commit_ends()
    {
        var bench = await StartAsync();
        var held = bench.Log.Hold();
        var answer = bench.Submit("T1");
        await held.WaitAsync(TestContext.Current.CancellationToken);

        // The log lets it go on as soon as the host waits for it, and the database is closed by whoever goes on then.
        var ended = Task.Run(() => bench.DisposeAsync().AsTask(), TestContext.Current.CancellationToken);
        await ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(AnswerKind.Logged, (await answer).Kind);
    }

    [Fact]
    public async Task the_same_scan_sent_fifty_times_at_once_is_counted_once_and_answered_alike()
    {
        await using var bench = await StartAsync();
        var request = Scan("T1", id: "s1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await bench.Mailbox.SubmitAsync(request))));
        Assert.Single(answers, answer => answer.Kind == AnswerKind.Logged);
        Assert.All(answers, answer => Assert.Equal(1, answer.Entry!.Seq));
        Assert.Single(await bench.ReadLogAsync());
        Assert.Equal(1, bench.Mailbox.Figures.Occupancy);
    }

    [Fact]
    public async Task a_thousand_parallel_entries_with_one_place_left_admit_exactly_one()
    {
        await using var bench = await StartAsync(capacity: 1, tickets: 1_000);
        var answers = await Task.WhenAll(Enumerable.Range(1, 1_000).Select(i => Task.Run(() => bench.Submit($"T{i}"))));
        Assert.Single(answers, answer => Record(answer).Outcome == ScanOutcome.Accepted);
        Assert.Equal(999, answers.Count(answer => Record(answer).Reason == RefusalReason.AtCapacity));
        Assert.Equal((1, 1_000), (bench.Mailbox.Figures.Occupancy, bench.Mailbox.Figures.Theoretical));
    }

    [Fact]
    public async Task an_old_repeat_is_answered_from_the_log_with_the_first_answer()
    {
        await using var bench = await StartAsync(capacity: 1);
        var request = Scan("T2", id: "s1");
        await bench.Submit("T1");
        var refused = await bench.Mailbox.SubmitAsync(request);
        await bench.Submit("T1", Exit);
        await bench.ReopenAsync();
        var again = await bench.Mailbox.SubmitAsync(request);
        Assert.Equal(AnswerKind.Repeated, again.Kind);
        Assert.Equal(refused.Entry, again.Entry);
        Assert.Equal(1, again.Entry!.Occupancy);
    }

    [Fact]
    public async Task what_could_not_be_kept_is_forgotten_and_may_be_sent_again()
    {
        await using var bench = await StartAsync();
        await bench.Submit("T1");
        bench.Log.Fail(1);
        var request = Scan("T2", id: "s1");
        Assert.Equal(new ScanAnswer(AnswerKind.NotDurable, null), await bench.Mailbox.SubmitAsync(request));
        var again = await UntilDurable(bench, request);
        Assert.Equal((AnswerKind.Logged, 2L, 2L), (again.Kind, again.Entry!.Seq, again.Entry.Occupancy));
        Assert.Equal([1, 2], (await bench.ReadLogAsync()).Select(entry => entry.Seq));
    }

    [Fact]
    public async Task what_was_kept_although_nobody_knew_is_a_repeat_when_it_comes_again()
    {
        await using var bench = await StartAsync();
        bench.Log.FailAfterwards(1);
        var request = Scan("T1", id: "s1");
        Assert.Equal(AnswerKind.NotDurable, (await bench.Mailbox.SubmitAsync(request)).Kind);
        var again = await UntilDurable(bench, request);
        Assert.Equal((AnswerKind.Repeated, 1L), (again.Kind, again.Entry!.Seq));
        Assert.Equal(1, bench.Mailbox.Figures.Occupancy);
        Assert.Single(await bench.ReadLogAsync());
    }

    [Fact]
    public async Task while_the_log_is_away_all_are_told_at_once_and_changes_wait()
    {
        await using var bench = await StartAsync(capacity: 5);
        bench.Log.IsDown = true;
        Assert.Equal(AnswerKind.NotDurable, (await bench.Submit("T1")).Kind);
        Assert.False(bench.Mailbox.IsDurable);
        Assert.Equal(AnswerKind.NotDurable, (await bench.Submit("T2")).Kind);
        await Assert.ThrowsAsync<LogUnavailableException>(async () => await bench.Mailbox.AskAsync(admission => admission.Actual));
        var settings = bench.Mailbox.Settings;
        var change = bench.Mailbox.ChangeSettingsAsync(settings with { Rules = settings.Rules with { Capacity = 0 } }).AsTask();
        Assert.Equal(AnswerKind.NotDurable, (await bench.Submit("T3")).Kind);
        Assert.False(change.IsCompleted);
        bench.Log.IsDown = false;
        await change.WaitAsync(TestContext.Current.CancellationToken);
        var answer = await UntilDurable(bench, Scan("T4"));
        Assert.Equal(RefusalReason.AtCapacity, Record(answer).Reason);
        Assert.Equal(1, answer.Entry!.Seq);
    }

    [Fact]
    public async Task while_the_log_can_only_be_read_scans_are_not_taken_and_questions_are_answered()
    {
        await using var bench = await StartAsync();
        await bench.Submit("T1");
        bench.Log.IsFull = true;
        Assert.Equal(AnswerKind.NotDurable, (await bench.Submit("T2")).Kind);
        var inside = await UntilAnswered(bench);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(AnswerKind.NotDurable, (await bench.Submit("T3")).Kind);
            Assert.False(bench.Mailbox.IsDurable);
            Assert.Equal(1, await bench.Mailbox.AskAsync(admission => admission.Actual));
        }

        Assert.Equal((1L, 1L), (inside, bench.Mailbox.Figures.Seq));
        bench.Log.IsFull = false;
        Assert.Equal(2, (await UntilDurable(bench, Scan("T2"))).Entry!.Seq);
        Assert.True(bench.Mailbox.IsDurable);
    }

    // The state is read from the log first.
    private static async Task<long> UntilAnswered(EngineBench bench)
    {
        while (true)
        {
            try
            {
                return await bench.Mailbox.AskAsync(admission => admission.Actual);
            }
            catch (LogUnavailableException)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    [Fact]
    public async Task scans_at_a_gate_go_before_batches()
    {
        await using var bench = await StartAsync();
        var held = bench.Log.Hold();
        var first = bench.Submit("T1");
        await held.WaitAsync(TestContext.Current.CancellationToken);
        var batch = bench.Mailbox.SubmitAsync([Scan("T2") with { IsFact = true }, Scan("T3") with { IsFact = true }]).AsTask();
        var second = bench.Submit("T4");
        bench.Log.Release();
        await first;
        Assert.Equal(2, (await second).Entry!.Seq);
        Assert.Equal([3, 4], (await batch).Select(answer => answer.Entry!.Seq));
    }

    [Fact]
    public async Task a_full_mailbox_turns_away_and_loses_nothing()
    {
        await using var bench = await StartAsync(options: new EngineOptions { MailboxCapacity = 3 });
        var held = bench.Log.Hold();
        var first = bench.Submit("T1");
        await held.WaitAsync(TestContext.Current.CancellationToken);
        var taken = Enumerable.Range(2, 3).Select(i => bench.Submit($"T{i}")).ToList();
        Assert.Equal(AnswerKind.Busy, (await bench.Submit("T9")).Kind);
        bench.Log.Release();
        Assert.All(await Task.WhenAll([first, .. taken]), answer => Assert.Equal(AnswerKind.Logged, answer.Kind));
        Assert.Equal(4, bench.Mailbox.Figures.Occupancy);
    }

    [Fact]
    public async Task stopping_answers_what_was_taken_and_takes_no_more()
    {
        await using var bench = await StartAsync();
        var held = bench.Log.Hold();
        var taken = Enumerable.Range(1, 5).Select(i => bench.Submit($"T{i}")).ToList();
        await held.WaitAsync(TestContext.Current.CancellationToken);
        var stopping = bench.Host.DisposeAsync().AsTask();
        Assert.Equal(AnswerKind.Closed, (await bench.Submit("T9")).Kind);
        bench.Log.Release();
        await stopping;
        Assert.All(await Task.WhenAll(taken), answer => Assert.Equal(AnswerKind.Logged, answer.Kind));
        Assert.Equal(5, (await bench.ReadLogAsync()).Count);
    }

    [Fact]
    public async Task a_changed_capacity_and_a_revoked_ticket_hold_from_the_next_scan()
    {
        await using var bench = await StartAsync(capacity: 1);
        await bench.Submit("T1");
        Assert.Equal(RefusalReason.AtCapacity, Record(await bench.Submit("T2")).Reason);
        var settings = bench.Mailbox.Settings;
        await bench.Mailbox.ChangeSettingsAsync(settings with { Rules = settings.Rules with { Capacity = 2 } });
        Assert.Equal((2, 1), (bench.Mailbox.Figures.Capacity, bench.Mailbox.Figures.Occupancy));
        await bench.Mailbox.ChangeTicketsAsync([new Ticket(new TicketId("T3")) { TicketType = "GENERAL", Status = TicketStatus.Revoked }]);
        Assert.Equal(RefusalReason.Revoked, Record(await bench.Submit("T3")).Reason);
        Assert.Equal(ScanOutcome.Accepted, Record(await bench.Submit("T2")).Outcome);
    }

    [Fact]
    public async Task an_annulment_and_a_closing_are_records_like_any_other()
    {
        await using var bench = await StartAsync();
        await bench.Submit("T1");
        await bench.Submit("T2");
        var annulled = await bench.Mailbox.AnnulAsync(1, "anna", "did not turn");
        Assert.Equal((AnswerKind.Logged, AnnulmentProblem.None, 3L), (annulled.Kind, annulled.Problem, annulled.Entry!.Seq));
        Assert.Equal(AnnulmentProblem.AnnulledBefore, (await bench.Mailbox.AnnulAsync(1, "anna", "again")).Problem);
        Assert.Equal(AnnulmentProblem.NoSuchRecord, (await bench.Mailbox.AnnulAsync(99, "anna", "what")).Problem);
        Assert.Equal(1, bench.Mailbox.Figures.Occupancy);
        var closed = await bench.Mailbox.CloseDayAsync(null, "anna");
        Assert.Equal((4L, "anna"), (closed.Entry!.Seq, closed.Entry.By));
        Assert.Equal(0, bench.Mailbox.Figures.Occupancy);
        await bench.ReopenAsync();
        Assert.Equal((4L, 0L), (bench.Mailbox.Figures.Seq, bench.Mailbox.Figures.Occupancy));
    }

    [Fact]
    public async Task the_state_as_of_an_earlier_record_is_read_from_the_log()
    {
        await using var bench = await StartAsync();
        foreach (var ticket in new[] { "T1", "T2", "T3" }) await bench.Submit(ticket);
        await bench.Mailbox.AnnulAsync(2, "anna", "did not turn");
        Assert.Equal(3, (await bench.Mailbox.AsOfAsync(3, TestContext.Current.CancellationToken)).Actual);
        Assert.Equal(2, (await bench.Mailbox.AsOfAsync(4, TestContext.Current.CancellationToken)).Actual);
        Assert.Equal(0, (await bench.Mailbox.AsOfAsync(0, TestContext.Current.CancellationToken)).Actual);
    }

    [Fact]
    public async Task the_picture_has_every_gate_and_type_and_the_last_minute()
    {
        await using var bench = await StartAsync(capacity: 2);
        await bench.Submit("T1");
        await bench.Submit("V1", gate: "B");
        await bench.Submit("T2", gate: "B");
        await bench.Submit("T1", Exit, gate: "B");
        var picture = await bench.Mailbox.PictureAsync();
        Assert.Equal(["A", "B"], picture.Gates.Keys);
        Assert.Equal((0L, 1L, 0L, 1L, 1), (picture.Gates["A"].Occupancy, picture.Gates["A"].Entries, picture.Gates["A"].Exits, picture.Gates["A"].Scans, picture.Gates["A"].PerMinute));
        Assert.Equal((1L, 1L, 1L, 3, 1, 1), (picture.Gates["B"].Occupancy, picture.Gates["B"].Entries, picture.Gates["B"].Exits, picture.Gates["B"].PerMinute, picture.Gates["B"].EntriesPerMinute, picture.Gates["B"].ExitsPerMinute));
        Assert.Equal(new Dictionary<string, long> { ["GENERAL"] = 0, ["VIP"] = 1 }, picture.TicketTypes.ToDictionary());
        Assert.NotNull(picture.Gates["A"].LastSeen);
    }

    [Fact]
    public async Task after_a_restart_the_state_is_what_it_was()
    {
        await using var bench = await StartAsync(capacity: 20);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(() => bench.Submit($"{(i % 3 == 0 ? "V" : "T")}{i % 37 + 1}", i % 5 < 3 ? Entry : Exit, i % 2 == 0 ? "A" : "B", $"s{i}"))));
        var (before, picture) = (bench.Mailbox.Figures, await bench.Mailbox.PictureAsync());
        await bench.ReopenAsync();
        var now = await bench.Mailbox.PictureAsync();
        Assert.Equal(before, bench.Mailbox.Figures);
        Assert.Equal(picture.Gates.Select(gate => (gate.Key, gate.Value.Occupancy, gate.Value.Entries, gate.Value.Exits, gate.Value.Scans)), now.Gates.Select(gate => (gate.Key, gate.Value.Occupancy, gate.Value.Entries, gate.Value.Exits, gate.Value.Scans)));
        Assert.Equal(picture.TicketTypes.AsEnumerable(), now.TicketTypes.AsEnumerable());
        Assert.Equal(Enumerable.Range(1, (int)before.Seq).Select(seq => (long)seq), (await bench.ReadLogAsync()).Select(entry => entry.Seq));
    }

    [Fact]
    public async Task the_next_scans_are_written_while_the_disk_is_waited_for_and_nobody_is_answered_before_it()
    {
        await using var bench = await StartAsync();
        bench.Log.HoldDisk();
        var first = bench.Submit("T1");
        await bench.Log.WrittenAsync(1);
        var second = bench.Submit("T2");
        await bench.Log.WrittenAsync(1);
        var question = bench.Mailbox.AskAsync(admission => admission.Actual).AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted || question.IsCompleted);
        Assert.Equal((0, 0), (bench.Mailbox.Figures.Seq, bench.Mailbox.Figures.Occupancy));
        bench.Log.ReleaseDisk();
        Assert.Equal((1L, 2L), ((await first).Entry!.Seq, (await second).Entry!.Seq));
        Assert.Equal(2, await question);
    }

    [Fact]
    public async Task where_the_disk_fails_nothing_that_was_written_after_it_counts_as_kept()
    {
        await using var bench = await StartAsync();
        var (one, two) = (Scan("T1", id: "s1"), Scan("T2", id: "s2"));
        bench.Log.HoldDisk();
        var first = bench.Mailbox.SubmitAsync(one).AsTask();
        await bench.Log.WrittenAsync(1);
        var second = bench.Mailbox.SubmitAsync(two).AsTask();
        await bench.Log.WrittenAsync(1);
        bench.Log.ReleaseDisk(fails: true);
        Assert.All(await Task.WhenAll(first, second), answer => Assert.Equal(new ScanAnswer(AnswerKind.NotDurable, null), answer));

        // It is there all the same, and the log is read before anything is answered again.
        Assert.Equal((AnswerKind.Repeated, 2L), await UntilDurable(bench, two) is var again ? (again.Kind, again.Entry!.Seq) : default);
        Assert.Equal((AnswerKind.Logged, 3L), await bench.Submit("T3") is var next ? (next.Kind, next.Entry!.Seq) : default);
        Assert.Equal([1, 2, 3], (await bench.ReadLogAsync()).Select(entry => entry.Seq));
    }

    [Fact]
    public async Task a_bug_behind_the_commit_ends_no_mailbox()
    {
        var listener = new Listener(failing: 1);
        await using var bench = await StartAsync(listeners: listener);
        bench.Loggers = new FailingLoggers();
        await bench.ReopenAsync();

        // The listener fails, and so does whoever was to write that down.
        var request = Scan("T1", id: "s1");
        Assert.Equal(new ScanAnswer(AnswerKind.NotDurable, null), await bench.Mailbox.SubmitAsync(request));
        Assert.Equal((AnswerKind.Repeated, 1L), await UntilDurable(bench, request) is var again ? (again.Kind, again.Entry!.Seq) : default);
        Assert.Equal(AnswerKind.Logged, (await bench.Submit("T2")).Kind);
        Assert.Equal((2, 2), (bench.Mailbox.Figures.Seq, bench.Mailbox.Figures.Occupancy));
        Assert.Contains(101, ((FailingLoggers)bench.Loggers).Told);
    }

    [Fact]
    public async Task questions_beyond_those_that_may_wait_are_turned_away_and_changes_are_not()
    {
        await using var bench = await StartAsync(options: new EngineOptions { MaxQuestionsWaiting = 2 });
        var held = bench.Log.Hold();
        var scan = bench.Submit("T1");
        await held.WaitAsync(TestContext.Current.CancellationToken);
        var questions = new[] { bench.Mailbox.AskAsync(admission => admission.Actual).AsTask(), bench.Mailbox.AskAsync(admission => admission.Actual).AsTask() };
        await Assert.ThrowsAsync<EventBusyException>(() => bench.Mailbox.AskAsync(admission => admission.Actual).AsTask());
        Assert.Equal(AnswerKind.Busy, (await bench.Mailbox.AnnulAsync(1, "anna", "no")).Kind);
        var change = bench.Mailbox.ChangeSettingsAsync(bench.Mailbox.Settings with { Name = "Other" }).AsTask();
        bench.Log.Release();
        Assert.All(await Task.WhenAll(questions), actual => Assert.Equal(1, actual));
        await change;
        await scan;
        Assert.Equal("Other", bench.Mailbox.Settings.Name);
        Assert.Equal(1, await bench.Mailbox.AskAsync(admission => admission.Actual));
    }

    [Fact]
    public async Task readings_of_the_log_beyond_those_that_may_wait_are_turned_away()
    {
        using var readings = new LogReadings(new EngineOptions { MaxReadings = 1, MaxReadingsWaiting = 1 });
        var (one, two) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());
        var first = readings.InTurnAsync(() => one.Task, TestContext.Current.CancellationToken);
        var second = readings.InTurnAsync(() => two.Task, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<EventBusyException>(() => readings.InTurnAsync(() => two.Task, TestContext.Current.CancellationToken));
        one.SetResult(1);
        two.SetResult(2);
        Assert.Equal((1, 2), (await first, await second));
        Assert.Equal(2, await readings.InTurnAsync(() => two.Task, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void gates_with_made_up_names_are_remembered_up_to_a_number_and_the_events_own_always()
    {
        var activity = new GateActivity();
        var named = new HashSet<string> { "A" };
        for (var i = 0; i < 2 * GateActivity.MostUnnamed; i++) Take($"made-up-{i}");
        Take("A");
        Assert.Equal(GateActivity.MostUnnamed + 1, activity.Gates.Count());
        Assert.Equal(1, activity.At("A", Now).Scans);

        void Take(string gate) => activity.Take(new RecordedFact(1, Now, Scan("T1", gate: gate).Scan) { Outcome = ScanOutcome.Recorded }, named);
    }

    private sealed class Listener(int failing) : IEventListener
    {
        private int _failures = failing;

        public void OnOpened(EventMailbox mailbox)
        {
        }

        public void OnCommitted(EventMailbox mailbox, Commit commit)
        {
            if (_failures-- > 0) throw new InvalidOperationException("A bug.");
        }

        public void OnSettingsChanged(EventMailbox mailbox)
        {
        }
    }

    /// <summary>Fails where a listener's failure is to be written down, and keeps what else is.</summary>
    private sealed class FailingLoggers : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<int> Told { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == 102) throw new IOException("No room to write it down.");
            Told.Enqueue(eventId.Id);
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }

    // Asks again until the log is back, as a gate does.
    private static async Task<ScanAnswer> UntilDurable(EngineBench bench, ScanRequest request)
    {
        while (true)
        {
            var answer = await bench.Mailbox.SubmitAsync(request);
            if (answer.Kind != AnswerKind.NotDurable) return answer;
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
