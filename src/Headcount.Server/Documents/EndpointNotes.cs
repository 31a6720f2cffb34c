namespace Headcount.Server.Documents;

/// <summary>What the OpenAPI document says of an endpoint. Put on by <see cref="DescribeExtension.Describe"/>.</summary>
public sealed record EndpointNotes
{
    /// <summary>The chapter it stands in, <c>Scans</c> for example.</summary>
    public required string Tag { get; init; }

    /// <summary>What it does, in a few words.</summary>
    public required string Summary { get; init; }

    /// <summary>More about it; null = the summary says it all.</summary>
    public string? Text { get; init; }

    /// <summary>Whether anybody may call it, without a token.</summary>
    public bool IsPublic { get; init; }

    /// <summary>What may stand behind the question mark.</summary>
    public IReadOnlyList<QueryNote> Query { get; init; } = [];

    /// <summary>Examples of what is sent, one for each content type; empty = nothing is sent.</summary>
    public IReadOnlyList<BodyNote> Requests { get; init; } = [];

    /// <summary>Examples of what is answered; the first is the usual one.</summary>
    public IReadOnlyList<AnswerNote> Answers { get; init; } = [];

    /// <summary>The statuses of the problem documents it may answer; 401, 403, 429 and 503 go without saying unless it is public.</summary>
    public IReadOnlyList<int> Errors { get; init; } = [];

    /// <summary>What fields mean, by name, wherever they stand in its examples.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();
}

/// <summary>A parameter of the query.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">What it means.</param>
/// <param name="Example">An example of its value.</param>
public sealed record QueryNote(string Name, string Text, string? Example = null);

/// <summary>An example of a body that is sent.</summary>
/// <param name="Example">The body; JSON where the type is.</param>
/// <param name="ContentType">Its type.</param>
/// <param name="IsOptional">Whether it may be left out.</param>
public sealed record BodyNote(string Example, string ContentType = "application/json", bool IsOptional = false);

/// <summary>An example of an answer.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Text">When it comes.</param>
/// <param name="Example">Its body; null = none.</param>
/// <param name="ContentType">The body's type.</param>
public sealed record AnswerNote(int Status, string Text, string? Example = null, string ContentType = "application/json");
