using System.Net;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Manage;

/// <summary>Devices, API tokens and accounts over HTTP.</summary>
public sealed class DeviceTests
{
    private const string Path = "/api/events/club/devices";

    [Fact]
    public async Task a_device_is_made_with_a_token_that_is_shown_once()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var made = await server.Owner.PostJsonAsync(Path, new { device_id = "gate a.1_x", gate = "A", direction = "exit", clock = "Europe/London", scopes = new[] { "scan", "counts" } }, HttpStatusCode.Created);
        var token = made.Text("token")!;
        using var device = server.ClientFor(token);
        Assert.Equal(0, (await device.GetJsonAsync("/api/occupancy/current")).Number("occupancy"));
        var listed = await server.Owner.GetJsonAsync(Path);
        Assert.DoesNotContain(token, listed.GetRawText(), StringComparison.Ordinal);
        var one = Assert.Single(listed.GetProperty("devices").EnumerateArray());
        Assert.Equal("exit", one.Text("direction"));
        Assert.Equal("""["scan","counts"]""", one.GetProperty("scopes").GetRawText());
        Assert.Equal("conflict", (await server.Owner.PostJsonAsync(Path, new { device_id = "gate a.1_x" }, HttpStatusCode.Conflict)).Text("code"));
    }

    [Fact]
    public async Task device_ids_are_unique_on_the_server_and_may_come_back()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.CreateEventAsync("other");
        using var old = await server.CreateDeviceAsync("club", "d1", scopes: ["counts"]);
        await server.Owner.PostJsonAsync("/api/events/other/devices", new { device_id = "d1" }, HttpStatusCode.Conflict);
        await server.Owner.SendAsync(HttpMethod.Delete, "/api/events/other/devices/d1", null, HttpStatusCode.NotFound);
        await server.Owner.SendAsync(HttpMethod.Delete, $"{Path}/d1", null, HttpStatusCode.NoContent);
        await old.GetJsonAsync("/api/occupancy/current", HttpStatusCode.Unauthorized);
        await server.Owner.SendAsync(HttpMethod.Delete, $"{Path}/d1", null, HttpStatusCode.NotFound);
        using var back = await server.CreateDeviceAsync("other", "d1", scopes: ["counts"]);
        Assert.Equal("other", (await back.GetJsonAsync("/api/occupancy/current")).Text("event"));
        await old.GetJsonAsync("/api/occupancy/current", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task a_rotated_token_ends_at_once()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        using var old = await server.CreateDeviceAsync("club", "d1", scopes: ["counts"]);
        var token = (await server.Owner.PostJsonAsync($"{Path}/d1/rotate", null)).Text("token")!;
        await old.GetJsonAsync("/api/occupancy/current", HttpStatusCode.Unauthorized);
        using var next = server.ClientFor(token);
        await next.GetJsonAsync("/api/occupancy/current");
    }

    [Fact]
    public async Task every_wrong_field_of_a_device_is_told()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var problem = await server.Owner.PostJsonAsync(Path, new { device_id = "a/b", gate = "Z", direction = "in", clock = "Nowhere", scopes = new[] { "admin" }, expires_at = "2001-01-01T00:00", x = 1 }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["clock", "device_id", "direction", "expires_at", "gate", "scopes", "x"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task an_api_token_carries_its_accounts_role_and_ends_with_it()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.Owner.PostJsonAsync("/api/accounts", new { email = "wall@example.org", name = "Wall", role = "viewer", password = "long enough, this" }, HttpStatusCode.Created);
        await server.Owner.PostJsonAsync("/api/accounts", new { email = "wall@example.org", role = "viewer", password = "long enough, this" }, HttpStatusCode.Conflict);
        var made = await server.Owner.PostJsonAsync("/api/tokens", new { name = "display", account = "wall@example.org" }, HttpStatusCode.Created);
        Assert.Equal("viewer", made.Text("role"));
        using var viewer = server.ClientFor(made.Text("token")!);
        await viewer.GetJsonAsync("/api/occupancy/current");
        await viewer.PostJsonAsync("/api/events", new { }, HttpStatusCode.Forbidden);
        await viewer.PostJsonAsync("/api/tokens", new { name = "x", account = "owner@localhost" }, HttpStatusCode.Forbidden);
        Assert.Equal(1, (await viewer.GetJsonAsync("/api/tokens")).GetProperty("tokens").GetArrayLength());
        var ownersToken = (await server.Owner.GetJsonAsync("/api/tokens")).GetProperty("tokens").EnumerateArray().First(token => token.Text("role") == "owner").Number("token_id");
        await viewer.SendAsync(HttpMethod.Delete, $"/api/tokens/{ownersToken}", null, HttpStatusCode.NotFound);

        await server.Owner.PatchJsonAsync("/api/accounts/wall@example.org", new { role = "organiser" });
        await viewer.PostJsonAsync("/api/events", new { slug = "second", name = "Second", zone = "UTC", capacity = 1 }, HttpStatusCode.Created);
        await viewer.SendAsync(HttpMethod.Delete, $"/api/tokens/{made.Number("token_id")}", null, HttpStatusCode.NoContent);
        await viewer.GetJsonAsync("/api/events", HttpStatusCode.Unauthorized);
        await server.Owner.SendAsync(HttpMethod.Delete, "/api/accounts/wall@example.org", null, HttpStatusCode.NoContent);
        await server.Owner.SendAsync(HttpMethod.Delete, "/api/accounts/owner@localhost", null, HttpStatusCode.Conflict);
        var wrong = await server.Owner.PostJsonAsync("/api/accounts", new { email = "x", role = "king", password = "short" }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["email", "password", "role"], wrong.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }
}
