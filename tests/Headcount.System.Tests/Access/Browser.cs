using System.Net;
using System.Text.RegularExpressions;
using Headcount.SystemTests.Gate;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Access;

/// <summary>A client that keeps cookies and says where its requests come from, as browsers do.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClientHandler _handler;

    public Browser(RunningServer server)
    {
        _handler = new HttpClientHandler
        {
            AllowAutoRedirect = false, UseCookies = true, CookieContainer = Cookies,
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        Client = new HttpClient(_handler) { BaseAddress = server.Address };
        Origin = server.Address.GetLeftPart(UriPartial.Authority);
    }

    public CookieContainer Cookies { get; } = new();

    public HttpClient Client { get; }

    public string Origin { get; }

    /// <summary>Fills the form in and sends it.</summary>
    public async Task<Reply> SignInAsync(string email, string password, string query = "")
    {
        var page = await Client.AskAsync("/sign-in" + query);
        Assert.Equal(200, page.Status);
        var form = new Dictionary<string, string> { ["email"] = email, ["password"] = password, ["form_token"] = FormToken().Match(page.Text).Groups[1].Value };
        return await Client.SendAsync(HttpMethod.Post, "/sign-in" + query, new FormUrlEncodedContent(form), SameOrigin);
    }

    /// <summary>What a browser adds when a page of the server itself asks.</summary>
    public void SameOrigin(HttpRequestMessage request)
    {
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Add("Origin", Origin);
    }

    public void Dispose()
    {
        Client.Dispose();
        _handler.Dispose();
    }

    [GeneratedRegex("name=\"form_token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
