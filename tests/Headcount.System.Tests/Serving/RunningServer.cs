using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Headcount.SystemTests.Serving;

/// <summary>A whole server in this process, on a port of its own and a data folder of its own, and an owner's client for it.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsFolder;

    private RunningServer(WebApplication app, string dataFolder, bool ownsFolder)
    {
        _app = app;
        _ownsFolder = ownsFolder;
        DataFolder = dataFolder;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        OwnerToken = File.ReadAllText(Path.Combine(dataFolder, "owner-token")).Trim();
        Owner = ClientFor(OwnerToken);
    }

    public Uri Address { get; }

    public string DataFolder { get; }

    public string OwnerToken { get; }

    /// <summary>Speaks as the owner.</summary>
    public HttpClient Owner { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server. Given a folder, it uses what is there and leaves it there.</summary>
    public static async Task<RunningServer> StartAsync(Func<ServerOptions, ServerOptions>? configure = null, string? dataFolder = null)
    {
        var folder = dataFolder ?? Directory.CreateTempSubdirectory("headcount-server-").FullName;
        var options = new ServerOptions { Urls = "http://127.0.0.1:0", DataFolder = folder };
        var app = await HeadcountServer.BuildAsync(configure?.Invoke(options) ?? options, TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningServer(app, folder, dataFolder is null);
    }

    public HttpClient ClientFor(string token)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Makes an event; what is not given is a plain default.</summary>
    public async Task CreateEventAsync(string slug = "club", object? settings = null)
    {
        var response = await Owner.PostAsJsonAsync("/api/events", settings ?? new
        {
            slug, name = "Club night", zone = "UTC", capacity = 100,
            ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "GENERAL" } },
            gates = new[] { "A", "B" },
        });
        await Succeeded(response);
    }

    public async Task ImportTicketsAsync(string slug, IEnumerable<object> tickets) =>
        await Succeeded(await Owner.PostAsJsonAsync($"/api/events/{slug}/tickets", tickets));

    /// <summary>Makes a device and gives a client that speaks as it.</summary>
    public async Task<HttpClient> CreateDeviceAsync(string slug, string deviceId, string? gate = null, string? direction = null, string[]? scopes = null)
    {
        var response = await Owner.PostAsJsonAsync($"/api/events/{slug}/devices", new { device_id = deviceId, gate, direction, scopes });
        await Succeeded(response);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return ClientFor(body.GetProperty("token").GetString()!);
    }

    /// <summary>Stops it as SIGTERM does; what was taken is answered.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        await _app.DisposeAsync();
        if (_ownsFolder) Directory.Delete(DataFolder, recursive: true);
    }

    private static async Task Succeeded(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode) Assert.Fail($"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }
}
