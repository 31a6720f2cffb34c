using Headcount.Server.Access;
using Headcount.Server.Accounts;
using Headcount.Server.Languages;
using Headcount.Server.Manage;
using Headcount.Engine;
using Microsoft.AspNetCore.Components.Server;
using MudBlazor;
using MudBlazor.Services;

namespace Headcount.Server.Office;

/// <summary>The office at <c>/office</c>, where organisers run their events: Blazor on the server, loaded in the role <c>office</c> alone.</summary>
/// <remarks>It puts no middleware before other endpoints: what its requests need is wrapped around its own.</remarks>
internal static class OfficeArea
{
    /// <summary>How many circuits whose browser went away are kept, so that it can come back to what was typed.</summary>
    public const int MostDisconnectedCircuits = 200;

    /// <summary>How long they are kept.</summary>
    public static readonly TimeSpan CircuitRetention = TimeSpan.FromMinutes(5);

    /// <summary>How long a message of a browser may be, in bytes.</summary>
    public const int MostMessageBytes = 128 * 1024;

    // Styles are set by MudBlazor on elements; scripts are files of this server, and nothing is evaluated.
    private static readonly ContentPolicy Policy = new(
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'");

    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        if (!options.IsOffice) return;
        var services = builder.Services;
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            (circuits.DisconnectedCircuitMaxRetained, circuits.DisconnectedCircuitRetentionPeriod) = (MostDisconnectedCircuits, CircuitRetention);
        }).AddHubOptions(hub => hub.MaximumReceiveMessageSize = MostMessageBytes);
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            mud.SnackbarConfiguration.ShowTransitionDuration = mud.SnackbarConfiguration.HideTransitionDuration = 0;
        });
        services.AddLocalization();
        services.AddTransient<MudLocalizer, MudWords>();
        services.AddScoped<OfficeCaller>();
        services.AddSingleton<DeviceActivity>();
        services.AddSingleton<IEventListener>(all => all.GetRequiredService<DeviceActivity>());
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        if (!options.IsOffice) return;
        var office = app.MapRazorComponents<OfficeApp>().AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null).DisableAntiforgery();
        office.Add(endpoint =>
        {
            endpoint.Metadata.Add(Policy);
            endpoint.Metadata.Add(new ExcludeFromDescriptionAttribute());

            // Each page says what it takes; what belongs to no page takes somebody who is known.
            if (!endpoint.Metadata.OfType<RequiredRightAttribute>().Any()) endpoint.Metadata.Add(new RequiredRightAttribute(Right.Known));
        });
        office.Finally(endpoint =>
        {
            var inner = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                AccountForm.Speak(context);
                return inner(context);
            };
        });
    }
}

/// <summary>MudBlazor's own words, in the language of the page.</summary>
internal sealed class MudWords : MudLocalizer
{
    public override Microsoft.Extensions.Localization.LocalizedString this[string key] =>
        Words.Find("mud." + key) is { } words ? new(key, words) : new(key, key, resourceNotFound: true);
}
