using System.Buffers;
using Headcount.Server;
using Headcount.Server.Access;
using Headcount.Server.Gate;
using Headcount.Server.Problems;

namespace Headcount.Benchmarks.Serving;

/// <summary>The baseline that is literally the same host: Headcount's own server, through which a scan passes as ever, up to the door: that reads its JSON to the same record, and answers a constant.</summary>
internal sealed class SameHost : Service
{
    private static readonly byte[] Answer = """{"status":"accepted","message":"Welcome!","ticket_id":"T000001","ticket_type":"GENERAL","scan_id":"r00-0-00000001","seq":123456,"current_occupancy":1234,"capacity":5000,"warnings":[]}"""u8.ToArray();

    private readonly HttpClient _owner;

    private SameHost(HeadcountService made)
        : base(made.Name, made.Program, made.Address) => (_owner, Devices) = (made.Owner, made.Devices);

    public static async Task<SameHost> StartAsync(string folder, Venue venue, CancellationToken cancellation) =>
        new(await HeadcountService.StartAsync("constant answer, in Headcount's host", Path.Combine(folder, "same-host"), null, venue, cancellation, Constant.Command("serve-same-host")));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _owner.Dispose();
    }

    /// <summary>Serves until it is told to stop.</summary>
    public static async Task<int> ServeAsync(string urls, string folder)
    {
        // Without the role of a gate there is no door for scans; here is one.
        await using var app = await HeadcountServer.BuildAsync(new ServerOptions { Urls = urls, DataFolder = folder, Roles = new HashSet<string> { "office" } }, CancellationToken.None);
        app.MapPost("/api/scans", InvokeAsync).Require(Right.Scan).WithMetadata(MeteredAsScans.Mark, AnswersForItself.Mark);
        using var stop = new CancellationTokenSource();
        using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        await app.StartAsync(stop.Token);
        await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None);
        return 0;
    }

    // What ScanDoor does, but for the mailbox.
    private static async Task InvokeAsync(HttpContext context)
    {
        BodyTypes.RequireJson(context.Request);
        await context.EventAsync();
        var body = await Bodies.ReadAsync(context.Request, ScanDoor.MostBytes);
        if (Read(body, context) is { } problem)
        {
            await ProblemAnswers.WriteAsync(context, problem.Status, problem.Code, problem.Error, problem.Errors);
            return;
        }

        context.Response.ContentType = JsonAnswer.ContentType;
        context.Response.ContentLength = Answer.Length;
        context.Response.BodyWriter.Write(Answer);
        await context.Response.BodyWriter.FlushAsync();
    }

    private static ScanProblem? Read(ReadOnlySequence<byte> body, HttpContext context)
    {
        var problem = ScanReading.Read(body.IsSingleSegment ? body.FirstSpan : body.ToArray(), context.Caller(), isFact: false, out _);
        context.Request.BodyReader.AdvanceTo(body.End);
        return problem;
    }
}
