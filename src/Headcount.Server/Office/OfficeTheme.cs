using MudBlazor;

namespace Headcount.Server.Office;

/// <summary>Colours and letters of the office: the machine's own fonts, and contrast enough for a bright foyer. How they are in the dark is in <c>office.css</c>, so that a page is never drawn light first.</summary>
internal static class OfficeTheme
{
    private static readonly string[] Fonts = ["system-ui", "sans-serif"];

    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b5cad", Secondary = "#4a5764", Success = "#1d6b34", Error = "#a4161a", Warning = "#7a4d00", Info = "#0b5cad",
            Background = "#f4f6f8", Surface = "#ffffff", DrawerBackground = "#ffffff", DrawerText = "#15202b", DrawerIcon = "#4a5764",
            AppbarBackground = "#15202b", AppbarText = "#ffffff", TextPrimary = "#15202b", TextSecondary = "#4a5764", ActionDefault = "#4a5764", LinesInputs = "#66727f", LinesDefault = "#c9d1d9", TableLines = "#c9d1d9",
        },
        Typography = new Typography { Default = new DefaultTypography { FontFamily = Fonts }, Button = new ButtonTypography { FontFamily = Fonts, TextTransform = "none", FontWeight = "600" } },
    };
}
