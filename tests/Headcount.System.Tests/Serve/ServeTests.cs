using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Headcount.Client;
using Headcount.SystemTests.Cli;

namespace Headcount.SystemTests.Serve;

/// <summary>The server as people run it: a process, its words, its signals.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task the_pasted_line_opens_a_gate_of_the_demonstration()
    {
        await using var server = await ServeProcess.StartAsync(Data, "--demo");
        var answer = await PasteAsync(server.LineToPaste());
        Assert.Equal("accepted", answer.GetProperty("status").GetString());

        // Within the same second the line is the same scan: later it is another one.
        var again = await PasteAsync(server.LineToPaste().Replace("%TZ", "%T.%6NZ", StringComparison.Ordinal));
        Assert.Equal(("rejected", "already_inside"), (again.GetProperty("status").GetString(), again.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task the_demonstrations_crowd_comes_in_at_once_and_goes_on_after_a_restart()
    {
        long inside;
        await using (var server = await ServeProcess.StartAsync(Data, "--demo"))
        {
            using var owner = Owner(server, "demo");
            await foreach (var message in owner.WatchAsync(cancellation: Cancellation))
            {
                if (message.Occupancy > 50) break;
            }

            Assert.Equal(["A", "B", "C", "D"], (await owner.FindEventAsync("demo", Cancellation))!.Gates);
            Assert.Equal(0, await server.StopAsync());
            Assert.Equal("", server.Errors);
            inside = 50;
        }

        var tokens = await File.ReadAllTextAsync(Path.Combine(Data, "demo-tokens.json"), Cancellation);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Data, "demo-tokens.json")));
        await using var second = await ServeProcess.StartAsync(Data, "--demo");
        Assert.Equal(tokens, await File.ReadAllTextAsync(Path.Combine(Data, "demo-tokens.json"), Cancellation));
        Assert.DoesNotContain("password", second.Text, StringComparison.Ordinal);
        using var client = Owner(second, "demo");
        Assert.True((await client.ReadOccupancyAsync(cancellation: Cancellation)).Occupancy >= inside);
        Assert.Equal("accepted", (await PasteAsync(second.LineToPaste())).GetProperty("status").GetString());
    }

    [Fact]
    public async Task without_an_event_the_pasted_lines_make_one_and_open_its_gate()
    {
        await using (var server = await ServeProcess.StartAsync(Data))
        {
            Assert.Contains("password", server.Text, StringComparison.Ordinal);
            var lines = server.Text.Split('\n').Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).ToArray();
            Assert.Equal(3, lines.Length);
            Assert.Equal("first", (await PasteAsync(lines[0])).GetProperty("slug").GetString());
            Assert.Equal(1, (await PasteAsync(lines[1])).GetProperty("imported").GetInt32());
            var answer = await PasteAsync(lines[2]);
            Assert.Equal(("accepted", 1), (answer.GetProperty("status").GetString(), answer.GetProperty("current_occupancy").GetInt32()));
            Assert.Equal(0, await server.StopAsync("INT"));
        }

        await using var again = await ServeProcess.StartAsync(Data);
        Assert.DoesNotContain("password", again.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await PasteAsync(again.LineToPaste())).GetProperty("occupancy").GetInt32());
    }

    private static bool IsSession(string cookie) => cookie.StartsWith("headcount-session=", StringComparison.Ordinal);

    [Fact]
    public async Task the_start_text_names_every_page_and_each_answers()
    {
        await using var server = await ServeProcess.StartAsync(Data);
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        foreach (var name in new[] { "Dashboard", "Documents" })
        {
            var address = server.Text.Split('\n').Single(line => line.StartsWith($"  {name} ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            var status = (await http.GetAsync(address, Cancellation)).StatusCode;
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Found or HttpStatusCode.Redirect, $"{address}: {status}");
        }

        var link = server.Text.Split('\n').Single(line => line.StartsWith("  Sign in ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[2];
        var first = await http.GetAsync(link, Cancellation);
        Assert.Contains(first.Headers.GetValues("Set-Cookie"), IsSession);
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var again = await stranger.GetAsync(link, Cancellation);
        Assert.DoesNotContain(again.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], IsSession);
        Assert.Contains(Path.Combine(Data, "owner-token"), server.Text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Data));
    }

    [Fact]
    public async Task a_program_written_for_the_classic_sketch_works_unchanged()
    {
        await using var server = await ServeProcess.StartAsync(Data);
        var gate = await VenueAsync(server, capacity: 1);
        const string program = """
            import json, sys, urllib.error, urllib.request
            from datetime import datetime, timezone

            def scan(url, token, ticket):
                body = {"ticket_id": ticket, "gate": "A", "scan_type": "entry", "timestamp": datetime.now(timezone.utc).replace(tzinfo=None).isoformat(), "device_id": "gate-a"}
                request = urllib.request.Request(url + "api/scans", json.dumps(body).encode(), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
                try:
                    with urllib.request.urlopen(request, timeout=10) as response:
                        return "open" if response.status == 200 else "closed"
                except urllib.error.HTTPError as error:
                    return json.load(error)["error"]

            for ticket in sys.argv[3:]:
                print(scan(sys.argv[1], sys.argv[2], ticket))
            """;
        var run = await TheProgram.Start("python3", ["-c", program, server.Address.AbsoluteUri, gate, "T1", "T1", "T2", "V1", "nobody", ""], "", []);
        Assert.Equal((0, ""), (run.Status, run.Error));
        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(["open", "Already inside", "Venue at capacity", "open", "Unknown ticket"], lines[..5]);
        Assert.Contains("ticket_id", lines[5], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task a_signal_under_load_answers_what_was_taken(string signal)
    {
        await using var server = await ServeProcess.StartAsync(Data);
        using var owner = Owner(server, "club");
        await VenueAsync(server, capacity: 100_000);
        var counter = 0;
        var answered = new System.Collections.Concurrent.ConcurrentBag<long>();
        var strange = new System.Collections.Concurrent.ConcurrentBag<string>();
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            using var http = new HttpClient { BaseAddress = server.Address };
            http.DefaultRequestHeaders.Authorization = new("Bearer", server.OwnerToken);
            while (true)
            {
                var n = Interlocked.Increment(ref counter);
                if (n == 500) busy.TrySetResult();
                try
                {
                    using var response = await http.PostAsJsonAsync("api/scans?event=club", new { ticket_id = "T1", gate = "A", scan_type = "exit", timestamp = TimeProvider.System.GetUtcNow(), scan_id = $"s{n}" }, Cancellation);
                    if (response.StatusCode == HttpStatusCode.OK)
                        answered.Add((await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("seq").GetInt64());
                    else if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                        strange.Add($"{response.StatusCode}");
                }
                catch (HttpRequestException)
                {
                    return;
                }
            }
        }, Cancellation)).ToArray();
        await busy.Task.WaitAsync(Cancellation);
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await server.StopAsync(signal));
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
        await Task.WhenAll(load);
        Assert.Empty(strange);
        Assert.False(File.Exists(Path.Combine(Data, "address")));

        // Every answer is in the log, once.
        await using var again = await ServeProcess.StartAsync(Data);
        using var reader = Owner(again, "club");
        var log = new HashSet<long>();
        await foreach (var record in reader.ReadLogAsync(cancellation: Cancellation)) Assert.True(log.Add(record.Seq));
        Assert.Equal(Enumerable.Range(1, log.Count).Select(seq => (long)seq), log.Order());
        Assert.True(answered.Count >= 400, $"{answered.Count}");
        Assert.Equal(answered.Count, answered.Distinct().Count());
        Assert.Subset(log, answered.ToHashSet());
    }

    [Fact]
    public async Task who_watches_or_stalls_does_not_hold_up_the_end()
    {
        await using var server = await ServeProcess.StartAsync(Data);
        await VenueAsync(server, capacity: 1);
        using var owner = Owner(server, "club");
        await using var feed = owner.WatchAsync(cancellation: Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await feed.MoveNextAsync());
        using var stalled = new TcpClient();
        await stalled.ConnectAsync(server.Address.Host, server.Address.Port, Cancellation);
        await stalled.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"POST /api/scans?event=club HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.OwnerToken}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"ticket"), Cancellation);
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await server.StopAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), $"{TimeProvider.System.GetElapsedTime(began)}");
    }

    [Fact]
    public async Task a_second_server_on_the_folder_says_so_and_leaves_the_first_alone()
    {
        await using var server = await ServeProcess.StartAsync(Data);
        var second = await TheProgram.Run("serve", "--data", Data, "--urls", "http://127.0.0.1:0");
        Assert.Equal((1, ""), (second.Status, second.Output));
        Assert.Contains("Another server is running on", second.Error, StringComparison.Ordinal);
        Assert.Single(second.Error.TrimEnd().Split('\n'));
        Assert.True(File.Exists(Path.Combine(Data, "address")));
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task a_port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var run = await TheProgram.Run("serve", "--data", Data, "--urls", $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}");
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("another program listens there already", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task a_folder_that_is_none_and_a_database_that_is_not_there_are_told_in_a_sentence()
    {
        var file = await TheProgram.Run("serve", "--data", TheProgram.Sample, "--urls", "http://127.0.0.1:0");
        Assert.Equal((1, ""), (file.Status, file.Output));
        Assert.Contains($"The data folder {TheProgram.Sample} cannot be used", file.Error, StringComparison.Ordinal);

        var database = await TheProgram.Run("serve", "--data", Data, "--urls", "http://127.0.0.1:0", "--db", "postgres://nobody:s3cret@127.0.0.1:1/none");
        Assert.Equal((1, ""), (database.Status, database.Output));
        Assert.Contains("cannot be reached", database.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", database.Error, StringComparison.Ordinal);
        Assert.Single(database.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--urls localhost:8000", "--urls 'localhost:8000' is not an address to listen on")]
    [InlineData("--urls ftp://localhost:8000", "is not an address to listen on")]
    [InlineData("--urls http://localhost:99999", "is not an address to listen on")]
    [InlineData("--urls https://localhost:8000", "needs a certificate: give --tls FILE")]
    [InlineData("--mqtt everywhere", "--mqtt 'everywhere' is no port and no address to listen on")]
    [InlineData("--mqtt 99999", "--mqtt '99999' is no port and no address to listen on")]
    [InlineData("--mqtt mqtts://*:8883", "--mqtt 'mqtts://*:8883' needs a certificate: give --tls FILE.")]
    [InlineData("--mqtt-broker localhost:1883", "--mqtt-broker is no address of a broker: write mqtt://USER:PASSWORD@HOST:PORT")]
    [InlineData("--mqtt-anonymous club", "it needs --mqtt or --mqtt-broker")]
    [InlineData("--amqp http://x", "--amqp is no address of a broker: write amqp://USER:PASSWORD@HOST:PORT")]
    [InlineData("--cluster x", "`serve --cluster` is not built yet.")]
    [InlineData("--tls self", "`serve --tls self` is not built yet.")]
    [InlineData("--roles gate,shop", "`serve --roles shop` is not built yet.")]
    [InlineData("--roles bar", "--roles 'bar' is not a role")]
    [InlineData("--port 80", "There is no option '--port' of serve")]
    [InlineData("extra", "serve reads nothing")]
    public async Task wrong_usage_is_told_and_what_is_not_built_is_refused_by_name(string options, string told)
    {
        var run = await TheProgram.Run(["serve", "--data", Data, .. options.Split(' ')]);
        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task options_come_from_the_environment_and_files_too_the_command_line_first()
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, "appsettings.json"), """{"Headcount":{"Urls":"http://127.0.0.1:0","Cluster":"x"}}""", Cancellation);
        var file = await TheProgram.Run("serve", "--data", Data);
        Assert.Contains("`serve --cluster` is not built yet.", file.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(Data, "appsettings.json"), """{"Headcount":{"Uls":"http://127.0.0.1:0"}}""", Cancellation);
        var mistyped = await TheProgram.Run("serve", "--data", Data);
        Assert.Equal(2, mistyped.Status);
        Assert.Contains("there is no option 'Uls'", mistyped.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(Data, "appsettings.json"), """{"Headcount":{"urls":"nonsense","NoMigrate":true}}""", Cancellation);
        var environment = await TheProgram.Start(TheProgram.Path, ["serve"], "", [("HEADCOUNT_DATA", Data), ("HEADCOUNT_URLS", "more nonsense")]);
        Assert.Contains("--urls 'more nonsense'", environment.Error, StringComparison.Ordinal);
        var both = await TheProgram.Start(TheProgram.Path, ["serve", "--urls", "http://127.0.0.1:0"], "", [("HEADCOUNT_DATA", Data), ("HEADCOUNT_URLS", "more nonsense")]);
        Assert.Equal(1, both.Status);
        Assert.Contains("There is no database", both.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_port_for_mqtt_that_is_taken_is_told_in_a_sentence()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var run = await TheProgram.Run("serve", "--data", Data, "--urls", "http://127.0.0.1:0", "--mqtt", $"{port}");
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains($"It cannot listen for MQTT on mqtt://127.0.0.1:{port}: another program listens there already", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task a_certificate_makes_it_https()
    {
        var made = await TheProgram.Start("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", _folder.File("site.key"), "-out", _folder.File("site.pem"), "-days", "2", "-subj", "/CN=localhost"], "", []);
        Assert.SkipUnless(made.Status == 0, "openssl, which makes a certificate, is not installed");
        await using var server = await ServeProcess.StartAsync(Data, "--demo", "--urls", "https://127.0.0.1:0", "--tls", _folder.File("site.pem"));
        Assert.Equal("https", server.Address.Scheme);
        Assert.Equal("accepted", (await PasteAsync(server.LineToPaste())).GetProperty("status").GetString());

        var wrong = await TheProgram.Run("serve", "--data", _folder.File("other"), "--tls", TheProgram.Sample);
        Assert.Equal(1, wrong.Status);
        Assert.Contains($"--tls {TheProgram.Sample} cannot be read", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_network_without_tls_is_warned_of()
    {
        await using var server = await ServeProcess.StartAsync(Data, "--urls", "http://*:0");
        Assert.Contains("open to the network and without TLS", server.Errors, StringComparison.Ordinal);
        Assert.Equal("localhost", server.Address.Host);
    }

    private static HeadcountClient Owner(ServeProcess server, string slug) => new(server.Address, server.OwnerToken, new HeadcountClientOptions { Event = slug });

    /// <returns>The token of gate A.</returns>
    private static async Task<string> VenueAsync(ServeProcess server, long capacity)
    {
        using var owner = Owner(server, "club");
        await owner.CreateEventAsync(new NewEvent { Slug = "club", Name = "Club", Zone = "UTC", Capacity = capacity, Gates = ["A"], TicketTypes = [new TicketType { Name = "VIP", Override = true }] }, Cancellation);
        await owner.ImportTicketsAsync("club", [new NewTicket { TicketId = "T1" }, new NewTicket { TicketId = "T2" }, new NewTicket { TicketId = "V1", TicketType = "VIP" }], Cancellation);
        return (await owner.CreateDeviceAsync("club", new NewDevice { DeviceId = "gate-a" }, Cancellation)).Token!;
    }

    private static async Task<JsonElement> PasteAsync(string line)
    {
        var run = await TheProgram.Start("bash", ["-c", line], "", []);
        Assert.Equal((0, ""), (run.Status, run.Error));
        return run.Json;
    }
}
