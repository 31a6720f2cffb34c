using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headcount.Server.Documents;
using Headcount.SystemTests.Manage;
using Headcount.SystemTests.Serving;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Documents;

/// <summary>The OpenAPI document tells the truth: every route is in it, and what it shows works.</summary>
public sealed class OpenApiTests
{
    // What cannot be sent by a plain request, only with an address on the internet to answer it, or only as one step of several.
    private static readonly string[] NotSent = ["/api/live", "/api/events/{slug}/webhooks", "/api/events/{slug}/roll-call", "/api/devices/pair", "/api/devices/heartbeat"];

    [Fact]
    public async Task every_api_route_is_described_with_an_example()
    {
        await using var server = await RunningServer.StartAsync();
        var document = await DocumentAsync(server);
        Assert.StartsWith("3.1", document.Text("openapi"), StringComparison.Ordinal);
        var missing = new List<string>();
        foreach (var endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = EndpointDocument.PathOf(endpoint.RoutePattern);
            if (!path.StartsWith("/api/", StringComparison.Ordinal)) continue;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                if (!document.GetProperty("paths").TryGetProperty(path, out var item) || !item.TryGetProperty(method.ToLowerInvariant(), out var operation))
                    missing.Add($"{method} {path}");
                else
                    missing.AddRange(WhatItLacks(operation).Select(lack => $"{method} {path}: {lack}"));
            }
        }

        Assert.Empty(missing);
    }

    [Fact]
    public async Task every_reference_leads_somewhere_and_operation_ids_are_unique()
    {
        await using var server = await RunningServer.StartAsync();
        var text = await server.Owner.GetStringAsync("/openapi/v1.json", Http.Cancellation);
        var document = JsonNode.Parse(text)!;
        var ids = new List<string>();
        Visit(document);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.True(ids.Count > 30);

        void Visit(JsonNode? node)
        {
            if (node is JsonArray list)
            {
                foreach (var item in list) Visit(item);
            }
            else if (node is JsonObject whole)
            {
                if (whole["operationId"] is JsonValue id) ids.Add(id.GetValue<string>());
                if (whole["$ref"] is JsonValue reference)
                    Assert.NotNull(reference.GetValue<string>().TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (at, name) => at?[name]));
                foreach (var (name, value) in whole)
                {
                    if (name is not ("example" or "examples")) Visit(value);
                }
            }
        }
    }

    [Fact]
    public async Task the_document_is_public_and_the_docs_page_needs_nothing_from_elsewhere()
    {
        await using var server = await RunningServer.StartAsync();
        using var nobody = new HttpClient { BaseAddress = server.Address };
        await nobody.GetJsonAsync("/openapi/v1.json");
        using var response = await nobody.GetAsync("/docs", Http.Cancellation);
        var page = await response.Content.ReadAsStringAsync(Http.Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("cdn", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task documented_examples_work_as_they_stand_and_answers_hold_nothing_undocumented()
    {
        await using var server = await RunningServer.StartAsync();
        var document = await DocumentAsync(server);
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(one => one.Name != "parameters").Select(one => (Path: path.Name, Method: one.Name.ToUpperInvariant(), Operation: one.Value)))
            .Where(one => one.Path.StartsWith("/api/", StringComparison.Ordinal) && !NotSent.Any(start => one.Path.StartsWith(start, StringComparison.Ordinal)))
            .Select((one, index) => (one.Path, one.Method, one.Operation, Order: OrderOf(one.Method, one.Path), index))
            .OrderBy(one => one.Order).ThenBy(one => one.index);
        var known = new Dictionary<string, string> { ["slug"] = "club", ["ticket_id"] = "T00001", ["email"] = "door@example.org", ["device_id"] = "gate-a-1", ["seq"] = "1", ["token_id"] = "0" };
        var wrong = new List<string>();
        foreach (var (path, method, operation, _, _) in operations) await TryAsync(server, method, path, operation, known, wrong);
        Assert.Empty(wrong);
    }

    private static int OrderOf(string method, string path) => (method, path) switch
    {
        ("POST", "/api/events") => 0,
        ("POST", "/api/events/{slug}/tickets") => 1,
        ("POST", "/api/events/{slug}/devices" or "/api/events/{slug}/keys") => 2,
        ("POST", "/api/scans" or "/api/scans/batch") => 3,
        ("POST", "/api/scans/{seq}/annul") => 4,
        (_, "/api/events/{slug}/archive") => 8,
        (_, "/api/events/{slug}/unarchive") => 9,
        ("POST", _) => 5,
        ("GET", _) => 6,
        ("PATCH", _) => 7,
        _ => 10,
    };

    private static async Task TryAsync(RunningServer server, string method, string path, JsonElement operation, Dictionary<string, string> known, List<string> wrong)
    {
        var address = known.Aggregate(path, (text, name) => text.Replace($"{{{name.Key}}}", Uri.EscapeDataString(name.Value), StringComparison.Ordinal)) + QueryOf(operation);
        foreach (var (type, example) in RequestsOf(operation))
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(method), address) { Content = example is null ? null : Http.Body(example, type!) };
            using var response = await server.Owner.SendAsync(request, Http.Cancellation);
            var text = await response.Content.ReadAsStringAsync(Http.Cancellation);
            var (status, schema) = AnswerOf(operation);
            if ((int)response.StatusCode != status)
            {
                wrong.Add($"{method} {address} ({type}) answered {(int)response.StatusCode} instead of {status}: {text}");
                continue;
            }

            if (schema is not { } expected || text.Length == 0 || response.Content.Headers.ContentType?.MediaType != "application/json") continue;
            using var json = JsonDocument.Parse(text);
            Undocumented(json.RootElement, expected, $"{method} {path}", wrong);
            if (method == "POST" && json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("token_id", out var id)) known["token_id"] = id.GetRawText();
            if (method == "POST" && json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("key_id", out var key)) known["key_id"] = key.GetRawText();
        }
    }

    private static string QueryOf(JsonElement operation)
    {
        if (!operation.TryGetProperty("parameters", out var parameters)) return "";
        var given = parameters.EnumerateArray().Where(one => one.Text("in") == "query" && one.TryGetProperty("example", out _) && one.Text("name") is not "ticket_type" and not "gate")
            .Select(one => $"{one.Text("name")}={Uri.EscapeDataString(one.GetProperty("example").ToString())}");
        return $"?{string.Join('&', given)}";
    }

    private static IEnumerable<(string? Type, string? Example)> RequestsOf(JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body)) return [(null, null)];
        return body.GetProperty("content").EnumerateObject().Select(one =>
        {
            var example = one.Value.GetProperty("example");
            return ((string?)one.Name, (string?)(example.ValueKind == JsonValueKind.String ? example.GetString()! : example.GetRawText()));
        });
    }

    private static (int Status, JsonElement? Schema) AnswerOf(JsonElement operation)
    {
        var answer = operation.GetProperty("responses").EnumerateObject().First(one => one.Name.StartsWith('2'));
        return (int.Parse(answer.Name, System.Globalization.CultureInfo.InvariantCulture),
            answer.Value.TryGetProperty("content", out var content) && content.TryGetProperty("application/json", out var json) ? json.GetProperty("schema") : null);
    }

    private static void Undocumented(JsonElement actual, JsonElement schema, string where, List<string> wrong)
    {
        if (actual.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var item in actual.EnumerateArray().Take(20)) Undocumented(item, items, where + "[]", wrong);
        }
        else if (actual.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            foreach (var field in actual.EnumerateObject())
            {
                if (properties.TryGetProperty(field.Name, out var known))
                    Undocumented(field.Value, known, $"{where}.{field.Name}", wrong);
                else
                    wrong.Add($"{where}: {field.Name} is not documented");
            }
        }
    }

    private static IEnumerable<string> WhatItLacks(JsonElement operation)
    {
        if (!operation.TryGetProperty("summary", out _)) yield return "summary";
        if (!operation.TryGetProperty("tags", out var tags) || tags.GetArrayLength() == 0) yield return "tag";
        if (operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").EnumerateObject().Any(one => !one.Value.TryGetProperty("example", out _))) yield return "example of what is sent";
        var responses = operation.GetProperty("responses");
        if (new[] { "401", "403", "429", "503" }.FirstOrDefault(status => !responses.TryGetProperty(status, out _)) is { } lacking) yield return lacking;
        var good = responses.EnumerateObject().First(one => one.Name[0] is '1' or '2');
        if (good.Name != "204" && good.Name != "101" && !(good.Value.TryGetProperty("content", out var content) && content.EnumerateObject().All(one => one.Value.TryGetProperty("example", out _)))) yield return "example of the answer";
    }

    private static async Task<JsonElement> DocumentAsync(RunningServer server) => await server.Owner.GetJsonAsync("/openapi/v1.json");
}
