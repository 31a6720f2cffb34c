using Headcount.Data;
using Microsoft.AspNetCore.Components;

namespace Headcount.Server.Office;

/// <summary>A part of the page of one's own account, which is tried and refused by itself.</summary>
public abstract class OfficePart : OfficePage
{
    /// <summary>The page it stands on.</summary>
    [Parameter, EditorRequired] public OfficePage Page { get; set; } = null!;

    [Inject] internal IDbReader Reader { get; set; } = null!;
}
