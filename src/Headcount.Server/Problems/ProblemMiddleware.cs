namespace Headcount.Server.Problems;

/// <summary>An endpoint that turns what goes wrong into answers itself, because a guard around it would cost it too much.</summary>
internal sealed class AnswersForItself
{
    public static readonly AnswersForItself Mark = new();
}

/// <summary>Sees to it that every answer that is not 2xx has a problem document, whoever gave it.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger logger)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<AnswersForItself>() is null ? GuardAsync(context) : next(context);

    private async Task GuardAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e)
        {
            await ProblemAnswers.AnswerAsync(context, e, logger);
            return;
        }

        var response = context.Response;
        if (response.StatusCode < 400 || response.HasStarted || response.ContentType is not null || response.ContentLength is > 0) return;
        await ProblemAnswers.WriteAsync(context, response.StatusCode, ProblemCodes.Of(response.StatusCode), ProblemCodes.Sentence(context));
    }
}
