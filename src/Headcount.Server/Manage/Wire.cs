using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Headcount.Server.Manage;

/// <summary>How answers are written: snake_case, and legible: a plus is a plus. They are JSON by their type, which no browser may guess otherwise, and never part of a page.</summary>
internal static class Wire
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>As <see cref="Options"/>, and what is null is left out.</summary>
    public static readonly JsonSerializerOptions WithoutNulls = new(Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static Task AnswerAsync<T>(this HttpContext context, T value, int status = StatusCodes.Status200OK, JsonSerializerOptions? options = null)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, options ?? Options, context.RequestAborted);
    }
}
