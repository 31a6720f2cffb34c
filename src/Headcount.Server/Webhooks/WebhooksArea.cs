using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Documents;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Headcount.Server.Webhooks;

/// <summary>Webhooks: <see cref="WebhookDesk"/> sees to it that they are told.</summary>
internal static class WebhooksArea
{
    private const string Path = "/api/events/{slug}/webhooks";

    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        var services = builder.Services;
        services.TryAddSingleton(new WebhookLimits());
        services.TryAddSingleton(new WebhookReach(options.WebhooksMayBePrivate || builder.Configuration["HEADCOUNT_WEBHOOK_PRIVATE"] is "1" or "true"));
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<WebhookClient>();
        services.AddSingleton<WebhookLines>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<DeliveryBook>();
        services.AddSingleton<TicketNews>();
        services.AddSingleton<WebhookEndpoints>();
        services.AddSingleton<DeliveryEndpoints>();
        services.AddSingleton<WebhookLedger>();
        services.AddSingleton<WebhookDesk>();
        services.AddSingleton<IEventListener>(provider => provider.GetRequiredService<WebhookDesk>());
        services.AddHostedService(provider => provider.GetRequiredService<WebhookDesk>());
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        var webhooks = app.Services.GetRequiredService<WebhookEndpoints>();
        app.MapPost(Path, webhooks.CreateAsync).Require(Right.Organise)
            .Describe("Webhooks", "Makes a webhook and its secret", """{"url":"https://example.org/headcount","topics":["scan.accepted","alert"]}""", WebhookExamples.WithSecret, 201, [400, 404, 409, 413, 422],
                text: "It is told of what happens from now on. The secret signs what is sent, and is shown this once.", more: WebhookExamples.Fields);
        app.MapGet(Path, webhooks.ListAsync).Require(Right.Organise)
            .Describe("Webhooks", "Lists the webhooks of an event, with how they fare", response: WebhookExamples.List, errors: [404], more: WebhookExamples.Fields);
        app.MapGet(Path + "/{webhook_id}", webhooks.GetAsync).Require(Right.Organise)
            .Describe("Webhooks", "Reads a webhook", response: WebhookExamples.Webhook, errors: [404], more: WebhookExamples.Fields);
        app.MapMethods(Path + "/{webhook_id}", [HttpMethods.Patch], webhooks.ChangeAsync).Require(Right.Organise)
            .Describe("Webhooks", "Changes a webhook", """{"topics":["scan.accepted","alert","day.closed"],"rotate_secret":true}""", WebhookExamples.Changed, 200, [400, 404, 413, 422],
                text: "What is left out stays as it is. `\"enabled\":false` switches it off: nothing is collected for it until it is switched on again; what waited already is then sent. `\"rotate_secret\":true` gives it a new secret, which is shown this once.", more: WebhookExamples.Fields);
        MapDeliveries(app);
        app.MapDelete(Path + "/{webhook_id}", webhooks.DeleteAsync).Require(Right.Organise)
            .Describe("Webhooks", "Takes a webhook away, with what waits for it", status: 204, errors: [404]);
    }

    private static void MapDeliveries(WebApplication app)
    {
        var deliveries = app.Services.GetRequiredService<DeliveryEndpoints>();
        app.MapPost(Path + "/{webhook_id}/test", deliveries.TestAsync).Require(Right.Organise)
            .Describe("Webhooks", "Sends a delivery of the topic `test`, at once and out of turn", response: WebhookExamples.Test, errors: [404], text: "It is not tried again.");
        app.MapGet(Path + "/{webhook_id}/deliveries", deliveries.ListAsync).Require(Right.Organise)
            .Describe("Webhooks", "Lists deliveries, newest first", response: WebhookExamples.Deliveries, errors: [404, 422],
                query: [new("state", "Only those that are waiting, delivered or failed (given up).", "failed"), new("cursor", "Goes on where the answer before ended: its `cursor`.")], more: WebhookExamples.Fields);
        app.MapGet(Path + "/{webhook_id}/deliveries/{delivery_id}", deliveries.GetAsync).Require(Right.Organise)
            .Describe("Webhooks", "Reads a delivery, with what is sent", response: WebhookExamples.Delivery, errors: [404], more: WebhookExamples.Fields);
        app.MapPost(Path + "/{webhook_id}/deliveries/{delivery_id}/repeat", deliveries.RepeatAsync).Require(Right.Organise)
            .Describe("Webhooks", "Sends a delivery again, as a new one with the same body", response: """{"delivery_id":812,"repeats":790}""", status: 202, errors: [404, 409]);
    }
}
