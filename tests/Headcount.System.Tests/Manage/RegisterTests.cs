using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.SystemTests.Serving;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Manage;

/// <summary>Registers and tickets over HTTP.</summary>
public sealed class RegisterTests
{
    private const string Path = "/api/events/club/tickets";

    [Theory]
    [InlineData("""[{"ticket_id":"T1","ticket_type":"VIP"},{"ticket_id":"T2"}]""", "application/json")]
    [InlineData("""{"ticket_id":"T1","ticket_type":"VIP"}""" + "\n\n" + """{"ticket_id":"T2"}""", "application/x-ndjson")]
    [InlineData("ticket_id;ticket_type\r\nT1;VIP\r\nT2;\r\n", "text/csv")]
    public async Task a_register_comes_as_a_list_as_lines_or_as_rows(string body, string type)
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var answer = await server.Owner.SendAsync(HttpMethod.Post, Path, Http.Body(body, type), HttpStatusCode.OK);
        Assert.Equal(2, answer.Number("imported"));
        Assert.Equal(0, answer.Number("invalid"));
        Assert.Equal("""[{"ticket_id":"T1","ticket_type":"VIP","status":"valid","single_entry":false},{"ticket_id":"T2","status":"valid","single_entry":false}]""",
            (await server.Owner.GetStringAsync(Path, Http.Cancellation)).Replace("\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_bad_row_costs_no_other_and_is_explained_with_its_place()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var body = """
            {"ticket_id":"T1"}
            {"ticket_id":"T2","status":"lost"}
            {"ticket_type":"VIP"}
            {"ticket_id":"T3","valid_from":"soon"}
            not json
            {"ticket_id":"T4","gates":["A"],"single_entry":true}
            """;
        var answer = await server.Owner.SendAsync(HttpMethod.Post, Path, Http.Body(body, "application/x-ndjson"), HttpStatusCode.OK);
        Assert.Equal(2, answer.Number("imported"));
        Assert.Equal(4, answer.Number("invalid"));
        var results = answer.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal([1, 2, 3, 4], results.Select(row => row.Number("index")));
        Assert.Equal([2, 3, 4, 5], results.Select(row => row.Number("line")));
        Assert.Contains("'lost'", results[0].Text("error"), StringComparison.Ordinal);
        Assert.Contains("ticket_id", results[1].Text("error"), StringComparison.Ordinal);
        Assert.Contains("valid_from", results[2].Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_hundred_thousand_tickets_are_taken_in_seconds_and_scanned_at_once()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var body = new StringBuilder("[");
        for (var i = 0; i < 100_000; i++)
        {
            if (i > 0) body.Append(",\n");
            body.Append(i == 70_000 ? """{"ticket_id":"","ticket_type":"VIP"}""" : $$"""{"ticket_id":"T{{i:D6}}","ticket_type":"{{(i % 10 == 0 ? "VIP" : "DAY")}}","user_id":"U{{i}}"}""");
        }

        var began = Stopwatch.GetTimestamp();
        var answer = await server.Owner.SendAsync(HttpMethod.Post, Path, Http.Json(body.Append(']').ToString()), HttpStatusCode.OK);
        var took = Stopwatch.GetElapsedTime(began);
        TestContext.Current.SendDiagnosticMessage($"100,000 tickets in {took.TotalSeconds:F1} s");
        Assert.Equal(99_999, answer.Number("imported"));
        Assert.Equal(70_000, Assert.Single(answer.GetProperty("results").EnumerateArray()).Number("index"));
        Assert.Equal("DAY", Assert.Single(answer.GetProperty("ticket_types_created").EnumerateArray()).GetString());
        Assert.True(took < TimeSpan.FromSeconds(30), $"It took {took}.");
        using var gate = await server.CreateDeviceAsync("club", "gate-a");
        Assert.Equal("accepted", (await gate.ScanAsync("T099999")).Text("status"));
        var types = await server.Owner.GetJsonAsync("/api/occupancy/by-ticket-type");
        Assert.Equal(1, types.GetProperty("DAY").Number("occupancy"));
    }

    [Fact]
    public async Task fields_that_are_absent_stay_as_they_are()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1", ticket_type = "VIP", user_id = "U1", status = "unpaid", valid_from = "2020-01-01T00:00", valid_until = "2090-01-01T00:00", gates = new[] { "A", "B" }, single_entry = true }]);
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1", status = "valid", gates = Array.Empty<string>() }]);
        await server.Owner.SendAsync(HttpMethod.Post, Path, Http.Body("ticket_id,ticket_type,valid_until,user_id\nT1,,2091-01-01T00:00,\n", "text/csv"), HttpStatusCode.OK);
        var ticket = Assert.Single((await server.Owner.GetJsonAsync(Path)).EnumerateArray());
        Assert.Equal("""{"ticket_id":"T1","ticket_type":"VIP","user_id":"U1","status":"valid","valid_from":"2020-01-01T00:00:00+00:00","valid_until":"2091-01-01T00:00:00+00:00","single_entry":true}""", ticket.GetRawText());
    }

    [Fact]
    public async Task nobodys_account_and_no_other_organisations_guest_is_had_by_their_number()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.Services.GetRequiredService<IWriteQueue>().WriteAsync(async (db, ct) =>
        {
            db.AddRange(new Organisation { OrganisationId = 2, Name = "Other" }, new User { UserId = "guest", Name = "Their guest" }, new User { UserId = "staff", Name = "Staff", PasswordHash = "hash" });
            db.Add(new EventRow { Slug = "theirs", Name = "Theirs", Zone = "UTC", Capacity = 5, OrganisationId = 2 });
            return await db.SaveChangesAsync(ct);
        }, Http.Cancellation);
        await server.Services.GetRequiredService<IWriteQueue>().WriteAsync(async (db, ct) =>
        {
            db.Add(new TicketRow { EventId = await db.Events.Where(row => row.Slug == "theirs").Select(row => row.EventId).SingleAsync(ct), TicketId = "X", UserId = "guest" });
            return await db.SaveChangesAsync(ct);
        }, Http.Cancellation);
        var answer = await server.Owner.PostJsonAsync(Path, new[] { new { ticket_id = "T1", user_id = "guest" }, new { ticket_id = "T2", user_id = "staff" }, new { ticket_id = "T3", user_id = "mine" } });
        Assert.Equal((3, 2), (answer.Number("imported"), answer.Number("user_ids_left_out")));
        Assert.Equal(["mine"], (await server.Owner.GetJsonAsync(Path)).EnumerateArray().Where(ticket => ticket.TryGetProperty("user_id", out _)).Select(ticket => ticket.Text("user_id")));
        foreach (var user in new[] { "guest", "staff" }) Assert.Equal("malformed", (await server.Owner.PatchJsonAsync("/api/tickets/T3?event=club", new { user_id = user }, HttpStatusCode.UnprocessableEntity)).Text("code"));
        await server.Owner.PatchJsonAsync("/api/tickets/T1?event=club", new { user_id = "mine" });
        await server.Owner.PatchJsonAsync("/api/tickets/T2?event=club", new { user_id = "new" });
        Assert.False((await server.Owner.PostJsonAsync(Path, new[] { new { ticket_id = "T1", user_id = "new" } })).TryGetProperty("user_ids_left_out", out _));
    }

    [Fact]
    public async Task a_compressed_register_is_taken_and_one_that_breaks_off_keeps_what_came()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var lines = string.Concat(Enumerable.Range(0, 9_000).Select(i => $$"""{"ticket_id":"T{{i:D5}}"}""" + "\n"));
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(lines), Http.Cancellation);
        Assert.Equal(9_000, (await server.Owner.SendAsync(HttpMethod.Post, Path, new ByteArrayContent(packed.ToArray()), HttpStatusCode.OK)).Number("imported"));
        var broken = await server.Owner.SendAsync(HttpMethod.Post, Path, new ByteArrayContent(packed.ToArray()[..(int)(packed.Length / 2)]), HttpStatusCode.BadRequest);
        Assert.Equal("unreadable", broken.Text("code"));
        var unclosed = await server.Owner.SendAsync(HttpMethod.Post, Path, Http.Json("""[{"ticket_id":"N1"},{"ticket_id":"N2" """), HttpStatusCode.OK);
        Assert.Equal(1, unclosed.Number("imported"));
        Assert.Equal(1, unclosed.Number("invalid"));
        await server.Owner.SendAsync(HttpMethod.Post, Path, Http.Json(""), HttpStatusCode.BadRequest);
        Assert.Equal(0, (await server.Owner.SendAsync(HttpMethod.Post, Path, Http.Json("[]"), HttpStatusCode.OK)).Number("imported"));
    }

    [Fact]
    public async Task an_export_can_be_imported_again_in_every_format()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "a,\"b\";c\nd", ticket_type = "VIP", user_id = "U 1", gates = new[] { "A", "B" }, valid_from = "2030-01-01T00:00" }, new { ticket_id = "=1+1", status = "revoked", single_entry = true }]);
        var before = await server.Owner.GetStringAsync(Path, Http.Cancellation);
        foreach (var (slug, type) in new[] { ("json", "application/json"), ("lines", "application/x-ndjson"), ("rows", "text/csv") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
            using var response = await server.Owner.SendAsync(request, Http.Cancellation);
            Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
            await server.CreateEventAsync(slug);
            var answer = await server.Owner.SendAsync(HttpMethod.Post, $"/api/events/{slug}/tickets", new ByteArrayContent(await response.Content.ReadAsByteArrayAsync(Http.Cancellation)), HttpStatusCode.OK);
            Assert.Equal(2, answer.Number("imported"));
            Assert.Equal(before, await server.Owner.GetStringAsync($"/api/events/{slug}/tickets", Http.Cancellation));
        }
    }

    [Fact]
    public async Task an_export_of_many_chunks_has_every_ticket_once()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var ids = Enumerable.Range(0, 5_001).Select(i => $"t{i}").ToList();
        await server.ImportTicketsAsync("club", ids.Select(id => new { ticket_id = id }));
        var exported = (await server.Owner.GetJsonAsync(Path)).EnumerateArray().Select(ticket => ticket.Text("ticket_id")!).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), exported.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task a_revoked_ticket_is_refused_from_the_next_scan_and_can_still_leave()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }, new { ticket_id = "T2" }]);
        using var gate = await server.CreateDeviceAsync("club", "gate-a");
        Assert.Equal("accepted", (await gate.ScanAsync("T1")).Text("status"));
        foreach (var ticket in new[] { "T1", "T2" }) Assert.Equal("revoked", (await server.Owner.PatchJsonAsync($"/api/tickets/{ticket}", new { status = "revoked" })).Text("status"));
        Assert.Equal("revoked", (await gate.ScanAsync("T2")).Text("reason"));
        Assert.Equal(1, (await server.Owner.GetJsonAsync("/api/occupancy/current")).Number("occupancy"));
        Assert.Equal("accepted", (await gate.ScanAsync("T1", type: "exit")).Text("status"));
        await server.Owner.PatchJsonAsync("/api/tickets/T2", new { status = (string?)null, gates = new[] { "B" } }, HttpStatusCode.OK);
        await server.Owner.PatchJsonAsync("/api/tickets/T2", new { status = "valid" });
        Assert.Equal("wrong_gate", (await gate.ScanAsync("T2")).Text("reason"));
        await server.Owner.PatchJsonAsync("/api/tickets/T2", new { gates = (string[]?)null });
        Assert.Equal("accepted", (await gate.ScanAsync("T2")).Text("status"));
    }

    [Theory]
    [InlineData("a/b?c#d%2Fe", "/api/tickets/a%2Fb%3Fc%23d%252Fe")]
    [InlineData("a/b?c#d%2Fe", "/api/tickets?ticket_id=a%2Fb%3Fc%23d%252Fe")]
    [InlineData("été 票", "/api/tickets/%C3%A9t%C3%A9%20%E7%A5%A8")]
    public async Task any_ticket_id_fits_into_the_address(string id, string path)
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = id }]);
        Assert.Equal(id, (await server.Owner.PatchJsonAsync(path, new { single_entry = true })).Text("ticket_id"));
    }

    [Fact]
    public async Task wrong_changes_of_a_ticket_are_refused_whole()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1", valid_from = "2030-01-01T00:00" }]);
        var problem = await server.Owner.PatchJsonAsync("/api/tickets/T1", new { status = "gone", gates = new[] { "Z" }, single_entry = 1, valid_until = "2029-01-01T00:00", ticket_id = "T2", stat = "x" }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["gates", "single_entry", "stat", "status", "ticket_id", "valid_until"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        await server.Owner.PatchJsonAsync("/api/tickets/T9", new { status = "valid" }, HttpStatusCode.NotFound);
        Assert.False((await server.Owner.GetJsonAsync(Path))[0].GetProperty("single_entry").GetBoolean());
    }
}
