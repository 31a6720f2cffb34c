using Headcount.Data;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Accounts;
using Headcount.Server.Alerts;
using Headcount.Server.Counts;
using Headcount.Server.Dashboard;
using Headcount.Server.Demo;
using Headcount.Server.Devices;
using Headcount.Server.Documents;
using Headcount.Server.Fanout;
using Headcount.Server.Gate;
using Headcount.Server.Gate.Messages;
using Headcount.Server.Live;
using Headcount.Server.Manage;
using Headcount.Server.Observability;
using Headcount.Server.Office;
using Headcount.Server.Past;
using Headcount.Server.Problems;
using Headcount.Server.Tickets;
using Headcount.Server.Webhooks;

namespace Headcount.Server;

/// <summary>Puts the areas together and runs them.</summary>
public static class HeadcountServer
{
    /// <summary>A server that is built and not started: its database is open and up to date, its areas are mapped.</summary>
    /// <exception cref="DatabaseRefusedException">The database cannot be used.</exception>
    public static async Task<WebApplication> BuildAsync(ServerOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "Headcount.Server", ContentRootPath = AppContext.BaseDirectory });
        HostSettings.Apply(builder, options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.AddHeadcountData(new DataOptions { Folder = options.DataFolder, Connection = options.Database, Migrate = options.Migrate });
        builder.Services.AddSingleton(new EngineOptions());
        builder.Services.AddSingleton<EventHost>();
        ProblemsArea.Add(builder, options);
        AccessArea.Add(builder, options);
        AccountsArea.Add(builder, options);
        GateArea.Add(builder, options);
        MessagesArea.Add(builder, options);
        CountsArea.Add(builder, options);
        ManageArea.Add(builder, options);
        DevicesArea.Add(builder, options);
        LiveArea.Add(builder, options);
        DashboardArea.Add(builder, options);
        PastArea.Add(builder, options);
        TicketsArea.Add(builder, options);
        OfficeArea.Add(builder, options);
        AlertsArea.Add(builder, options);
        WebhooksArea.Add(builder, options);
        FanoutArea.Add(builder, options);
        ObservabilityArea.Add(builder, options);
        DocumentsArea.Add(builder, options);
        DemoArea.Add(builder, options);
        options.Adjust?.Invoke(builder);

        var app = builder.Build();
        try
        {
            await PutTogetherAsync(app, options, cancellation);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static async Task PutTogetherAsync(WebApplication app, ServerOptions options, CancellationToken cancellation)
    {
        await app.Services.GetRequiredService<IDatabase>().StartAsync(cancellation);
        ProblemsArea.Map(app, options);
        await AccessArea.UseAsync(app, cancellation);
        await AccountsArea.MapAsync(app, cancellation);
        if (options.IsGate) GateArea.Map(app, options);
        CountsArea.Map(app, options);
        ManageArea.Map(app, options);
        await DevicesArea.MapAsync(app, cancellation);
        LiveArea.Map(app, options);
        DashboardArea.Map(app, options);
        PastArea.Map(app, options);
        TicketsArea.Map(app, options);
        OfficeArea.Map(app, options);
        AlertsArea.Map(app, options);
        WebhooksArea.Map(app, options);
        FanoutArea.Map(app, options);
        ObservabilityArea.Map(app, options);
        DocumentsArea.Map(app, options);
        DemoArea.Map(app, options);
    }
}
