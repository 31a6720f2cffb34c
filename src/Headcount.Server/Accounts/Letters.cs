using Headcount.Server.Languages;
using Headcount.Server.Mail;
using Microsoft.AspNetCore.WebUtilities;

namespace Headcount.Server.Accounts;

/// <summary>The letters that accounts get, in the language of the flow that writes them. Links begin with the address that the owner set.</summary>
internal sealed class Letters(Mailer mailer, ServerSettings settings, ServerOptions options)
{
    /// <summary>A link to a page of this server.</summary>
    public string LinkTo(string path, params (string Name, string Value)[] query)
    {
        var address = settings.Address ?? Addresses.OfThisMachine(options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return QueryHelpers.AddQueryString(new Uri(address, path).AbsoluteUri, query.Select(one => KeyValuePair.Create<string, string?>(one.Name, one.Value)));
    }

    public Task<bool> SendInvitationAsync(string email, string organisation, string role, string inviter, string link, CancellationToken cancellation) =>
        SendAsync(email, "mail.invitation", cancellation, organisation, Words.Of("role." + role), inviter, link);

    public Task<bool> SendConfirmationAsync(string email, string link, CancellationToken cancellation) => SendAsync(email, "mail.confirm", cancellation, link);

    public Task<bool> SendResetAsync(string email, string link, CancellationToken cancellation) => SendAsync(email, "mail.reset", cancellation, link);

    // A line break in a name would begin another header; MimeKit folds it away, and so do we.
    private Task<bool> SendAsync(string email, string key, CancellationToken cancellation, params object[] values) =>
        mailer.SendAsync(new Letter(email, Words.Of(key + ".subject", values).ReplaceLineEndings(" "), Words.Of(key + ".text", values)), cancellation);
}
