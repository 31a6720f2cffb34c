using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Headcount.SystemTests.Webhooks;

/// <summary>A real HTTP server that takes what webhooks send, and answers as a test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();
    private readonly WebApplication _app;
    private readonly Queue<Received> _unread = new();

    private Receiver(WebApplication app, Uri address) => (_app, Address) = (app, address);

    public Uri Address { get; private set; }

    /// <summary>What is answered to a request; 200 unless a test says otherwise.</summary>
    public Func<HttpContext, Received, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<Receiver> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        Receiver? receiver = null;
        app.Run(context => receiver!.TakeAsync(context));
        receiver = new Receiver(app, new Uri("http://127.0.0.1"));
        await app.StartAsync(Ended);
        receiver.Address = new Uri(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/hook");
        return receiver;
    }

    /// <summary>The next request.</summary>
    public async Task<Received> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        return await _received.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Requests until they hold so many items; the items, in the order they came.</summary>
    public async Task<List<Item>> ItemsAsync(int count)
    {
        var items = new List<Item>();
        while (items.Count < count) items.AddRange((await NextAsync()).Items);
        return items;
    }

    /// <summary>Whether nothing has come that was not read.</summary>
    public bool IsQuiet => _received.Reader.Count == 0;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var received = new Received(context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
        await Answer(context, received);
        await _received.Writer.WriteAsync(received);
    }
}
