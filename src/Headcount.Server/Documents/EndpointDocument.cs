using System.Text.Json.Nodes;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;

namespace Headcount.Server.Documents;

/// <summary>Writes the OpenAPI document from what the endpoints say of themselves.</summary>
/// <remarks>Most endpoints read and write their bodies themselves, for speed or because they stream; so nothing can be told from their signatures, and all is told by <see cref="EndpointNotes"/>.</remarks>
internal sealed class EndpointDocument(EndpointDataSource endpoints) : IOpenApiDocumentTransformer
{
    public const string Bearer = "token";
    public const string Cookie = "session";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Headcount",
            Version = "1",
            Description = "How many are inside, and who may come in. Every answer that is not 2xx has `error`, a sentence for a person; refusals of a gate besides have `reason`, everything else is a problem document (RFC 9457) with a stable `code`. "
                + "Further keys may be added to answers. Local times are on the clock of the event's zone; a blank where a `+` was meant is read as one.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Paths = [];
        document.Components ??= new OpenApiComponents();
        AddSecurity(document);
        ProblemExamples.AddTo(document);
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            if (NotesOf(endpoint) is not { } notes) continue;
            tags.Add(notes.Tag);
            AddOperations(document, endpoint, notes);
        }

        document.Tags = tags.Select(tag => new OpenApiTag { Name = tag }).ToHashSet();
        return Task.CompletedTask;
    }

    /// <summary>What is said of an endpoint: by itself, or for it.</summary>
    public static EndpointNotes? NotesOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<EndpointNotes>();

    /// <summary>A route as the document writes it: without constraints.</summary>
    public static string PathOf(RoutePattern pattern) => "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        _ => "",
    }))));

    private static void AddSecurity(OpenApiDocument document)
    {
        document.AddComponent<IOpenApiSecurityScheme>(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A device token, which belongs to one event and one device, or an API token, which carries its account's role.",
        });
        document.AddComponent<IOpenApiSecurityScheme>(Cookie, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = SignInArea.SessionCookie, Description = "The session of a browser that has signed in.",
        });
    }

    private static void AddOperations(OpenApiDocument document, RouteEndpoint endpoint, EndpointNotes notes)
    {
        var path = PathOf(endpoint.RoutePattern);
        if (!document.Paths.TryGetValue(path, out var known) || known is not OpenApiPathItem item) document.Paths[path] = item = new OpenApiPathItem();
        foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
        {
            var operation = new OpenApiOperation
            {
                OperationId = $"{method.ToLowerInvariant()}{string.Concat(path.Split('/', '{', '}', '-', '_').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part[1..]))}",
                Summary = notes.Summary,
                Description = notes.Text,
                Tags = new HashSet<OpenApiTagReference> { new(notes.Tag, document) },
                Parameters = [.. PathParameters(endpoint, notes), .. QueryParameters(notes)],
                RequestBody = Body(notes),
                Responses = Answers(document, notes),
                Security = notes.IsPublic ? [] : [Requirement(document, Bearer), Requirement(document, Cookie)],
            };
            item.AddOperation(HttpMethod.Parse(method), operation);
        }
    }

    private static OpenApiSecurityRequirement Requirement(OpenApiDocument document, string scheme) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };

    private static IEnumerable<IOpenApiParameter> PathParameters(RouteEndpoint endpoint, EndpointNotes notes) => endpoint.RoutePattern.Parameters.Select(parameter => new OpenApiParameter
    {
        Name = parameter.Name, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Description = notes.Fields.GetValueOrDefault(parameter.Name) ?? PathNames.MeaningOf(parameter.Name), Example = PathNames.ExampleOf(parameter.Name),
    });

    private static IEnumerable<IOpenApiParameter> QueryParameters(EndpointNotes notes) => notes.Query.Select(parameter => new OpenApiParameter
    {
        Name = parameter.Name, In = ParameterLocation.Query, Description = parameter.Text, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = parameter.Example is null ? null : JsonValue.Create(parameter.Example),
    });

    private static OpenApiRequestBody? Body(EndpointNotes notes) => notes.Requests.Count == 0 ? null : new OpenApiRequestBody
    {
        Required = !notes.Requests.All(body => body.IsOptional),
        Content = notes.Requests.ToDictionary(body => body.ContentType, body => ExampleSchema.MediaType(body.Example, body.ContentType, notes.Fields)),
    };

    private static OpenApiResponses Answers(OpenApiDocument document, EndpointNotes notes)
    {
        var responses = new OpenApiResponses();
        foreach (var answers in notes.Answers.GroupBy(answer => answer.Status))
        {
            var content = answers.Where(answer => answer.Example is not null).ToDictionary(answer => answer.ContentType, answer => ExampleSchema.MediaType(answer.Example!, answer.ContentType, notes.Fields));
            responses[$"{answers.Key}"] = new OpenApiResponse { Description = answers.First().Text, Content = content };
        }

        // A refusal and a problem can have the same status: both are told.
        foreach (var status in notes.IsPublic ? notes.Errors : notes.Errors.Union([401, 403, 429, 503]))
        {
            if (!responses.TryGetValue($"{status}", out var known))
                responses[$"{status}"] = new OpenApiResponseReference(ProblemExamples.NameOf(status), document);
            else
                known.Content!.TryAdd(ProblemAnswers.ContentType, ProblemExamples.MediaType(status));
        }

        return responses;
    }
}
