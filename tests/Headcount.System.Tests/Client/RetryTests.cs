using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Headcount.Client;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Client;

/// <summary>What is tried again, when, and what is not.</summary>
public sealed class RetryTests
{
    private const string Accepted = """{"status":"accepted","message":"Welcome!","ticket_id":"T1","scan_id":"s","seq":1,"current_occupancy":1,"capacity":5,"warnings":[]}""";
    private const string Busy = """{"type":"about:blank","status":503,"code":"unavailable","error":"Not available now. Try again later."}""";

    private static readonly NewScan Scan = new() { TicketId = "T1", Gate = "A", ScanType = ScanDirection.Entry, Timestamp = DateTimeOffset.UnixEpoch, ScanId = "s" };

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task a_scan_with_an_id_is_sent_again_after_the_time_the_server_says(HttpStatusCode status)
    {
        var wire = new ScriptedWire((status, Busy, 7), (HttpStatusCode.OK, Accepted, null));
        var clock = new HastyClock();
        var result = await ClientOver(wire, clock).ScanAsync(Scan, TestContext.Current.CancellationToken);
        Assert.Equal((ScanStatus.Accepted, 2), (result.Status, wire.Bodies.Count));
        Assert.Equal([TimeSpan.FromSeconds(7)], clock.Waits);
        Assert.Equal(wire.Bodies[0], wire.Bodies[1]);
    }

    [Fact]
    public async Task without_the_servers_word_it_waits_longer_each_time_and_gives_up_in_the_end()
    {
        var wire = new ScriptedWire((HttpStatusCode.ServiceUnavailable, Busy, null));
        var clock = new HastyClock();
        var problem = await Assert.ThrowsAsync<HeadcountProblemException>(() => ClientOver(wire, clock).ScanAsync(Scan, TestContext.Current.CancellationToken));
        Assert.Equal(("unavailable", HttpStatusCode.ServiceUnavailable, 7), (problem.Code, problem.Status, wire.Bodies.Count));
        for (var i = 0; i < clock.Waits.Count; i++) Assert.InRange(clock.Waits[i].TotalMilliseconds, 50 * Math.Pow(2, i), 100 * Math.Pow(2, i));
    }

    [Fact]
    public async Task the_server_cannot_make_it_wait_for_ever()
    {
        var wire = new ScriptedWire((HttpStatusCode.ServiceUnavailable, Busy, 86_400), (HttpStatusCode.OK, Accepted, null));
        var clock = new HastyClock();
        await ClientOver(wire, clock).ScanAsync(Scan, TestContext.Current.CancellationToken);
        Assert.Equal([TimeSpan.FromSeconds(30)], clock.Waits);
    }

    [Fact]
    public async Task a_scan_without_an_id_is_sent_once()
    {
        var wire = new ScriptedWire((HttpStatusCode.ServiceUnavailable, Busy, 1), (HttpStatusCode.OK, Accepted, null));
        var problem = await Assert.ThrowsAsync<HeadcountProblemException>(() => ClientOver(wire, new HastyClock()).ScanAsync(Scan with { ScanId = null }, TestContext.Current.CancellationToken));
        Assert.Equal((TimeSpan.FromSeconds(1), 1), (problem.RetryAfter, wire.Bodies.Count));
    }

    [Fact]
    public async Task a_batch_is_sent_again_only_where_every_scan_has_an_id()
    {
        var whole = new ScriptedWire((HttpStatusCode.ServiceUnavailable, Busy, 1), (HttpStatusCode.OK, """{"recorded":1,"repeated":0,"rejected":0,"invalid":0,"results":[]}""", null));
        Assert.Equal(1, (await ClientOver(whole, new HastyClock()).RecordAsync([Scan], cancellation: TestContext.Current.CancellationToken)).Recorded);

        var part = new ScriptedWire((HttpStatusCode.ServiceUnavailable, Busy, 1), (HttpStatusCode.OK, "{}", null));
        await Assert.ThrowsAsync<HeadcountProblemException>(() => ClientOver(part, new HastyClock()).RecordAsync([Scan, Scan with { ScanId = null }], cancellation: TestContext.Current.CancellationToken));
        Assert.Single(part.Bodies);
    }

    [Fact]
    public async Task other_problems_are_told_at_once()
    {
        var wire = new ScriptedWire(((HttpStatusCode)422, """{"status":422,"code":"malformed","error":"Two fields are wrong.","errors":{"gate":"is missing","ticket_id":"is empty"},"trace_id":"t"}""", null));
        var problem = await Assert.ThrowsAsync<HeadcountProblemException>(() => ClientOver(wire, new HastyClock()).ScanAsync(Scan, TestContext.Current.CancellationToken));
        Assert.Equal(("malformed", "Two fields are wrong.", "is missing", "t"), (problem.Code, problem.Message, problem.Errors["gate"], problem.TraceId));
    }

    [Fact]
    public async Task an_answer_of_something_else_in_between_is_not_taken_for_the_servers()
    {
        var page = new ScriptedWire((HttpStatusCode.OK, "<html>Sign in to the hotel's network</html>", null));
        await Assert.ThrowsAsync<HttpRequestException>(() => ClientOver(page, new HastyClock()).ScanAsync(Scan, TestContext.Current.CancellationToken));
        var gateway = new ScriptedWire((HttpStatusCode.BadGateway, "<html>Bad gateway</html>", null));
        var problem = await Assert.ThrowsAsync<HeadcountProblemException>(() => ClientOver(gateway, new HastyClock()).ScanAsync(Scan, TestContext.Current.CancellationToken));
        Assert.Equal((HttpStatusCode.BadGateway, ""), (problem.Status, problem.Code));
    }

    [Fact]
    public async Task a_server_that_does_not_answer_is_a_broken_link_and_what_is_safe_is_sent_again()
    {
        using var wire = new SilentWire();
        using var client = new HeadcountClient(
            new HttpClient(wire) { BaseAddress = new Uri("http://gates.invalid/") },
            new HeadcountClientOptions { Time = new HastyClock(), Patience = TimeSpan.FromMilliseconds(50), Retries = 2 });
        await Assert.ThrowsAsync<HttpRequestException>(() => client.ScanAsync(Scan, TestContext.Current.CancellationToken));
        Assert.Equal(3, wire.Asked);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.ScanAsync(Scan with { ScanId = null }, TestContext.Current.CancellationToken));
        Assert.Equal(4, wire.Asked);

        using var givesUp = new CancellationTokenSource(20);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ScanAsync(Scan, givesUp.Token));
    }

    [Fact]
    public async Task a_stream_of_facts_may_take_longer_than_an_answer()
    {
        await using var server = await RunningServer.StartAsync();
        using var office = new HeadcountClient(server.Address, server.OwnerToken, new HeadcountClientOptions { Event = "club", Patience = TimeSpan.FromMilliseconds(400) });
        await office.CreateEventAsync(new NewEvent { Slug = "club", Name = "Club", Zone = "UTC", Capacity = 10 }, TestContext.Current.CancellationToken);
        Assert.Equal(3, (await office.RecordAsync(Slowly(), cancellation: TestContext.Current.CancellationToken)).Recorded);

        static async IAsyncEnumerable<NewScan> Slowly()
        {
            for (var i = 0; i < 3; i++)
            {
                await Task.Delay(300, TestContext.Current.CancellationToken);
                yield return Scan with { ScanId = $"s{i}", TicketId = $"T{i}" };
            }
        }
    }

    private static HeadcountClient ClientOver(HttpMessageHandler wire, TimeProvider clock) =>
        new(new HttpClient(wire) { BaseAddress = new Uri("http://gates.invalid/") }, new HeadcountClientOptions { Time = clock });

    /// <summary>Answers in turn, the last one for ever, and keeps what was sent.</summary>
    private sealed class ScriptedWire(params (HttpStatusCode Status, string Body, int? RetryAfter)[] answers) : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            var (status, body, retryAfter) = answers[Math.Min(Bodies.Count, answers.Length) - 1];
            var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request };
            if (retryAfter is { } seconds) response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
            return response;
        }
    }

    /// <summary>Takes requests and answers none.</summary>
    private sealed class SilentWire : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("Nobody gave up.");
        }
    }

    /// <summary>Time passes as soon as somebody waits; how long they would have is noted.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero) Waits.Add(dueTime);
            return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
        }
    }
}
