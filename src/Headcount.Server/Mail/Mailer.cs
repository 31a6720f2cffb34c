using MailKit.Net.Smtp;
using MimeKit;

namespace Headcount.Server.Mail;

/// <summary>A letter to one person, as plain text.</summary>
internal sealed record Letter(string To, string Subject, string Text);

/// <summary>Sends letters: over SMTP where a server is named, and otherwise, or where that fails, as <c>.eml</c> files into the data folder's <c>outbox</c>.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class Mailer(MailSettings settings, ServerOptions options, TimeProvider time, ILogger<Mailer> logger)
{
    /// <summary>How long an SMTP server may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public string Outbox { get; } = Path.Combine(Path.GetFullPath(options.DataFolder), "outbox");

    /// <summary>Sends a letter; false where it was laid into the outbox instead.</summary>
    public async Task<bool> SendAsync(Letter letter, CancellationToken cancellation)
    {
        using var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(settings.From));
        message.To.Add(MailboxAddress.Parse(letter.To));
        (message.Subject, message.Date) = (letter.Subject, time.GetUtcNow());
        message.Body = new TextPart("plain") { Text = letter.Text };
        if (settings.Host is { } host && await TrySendAsync(host, message, cancellation)) return true;
        await KeepAsync(message, cancellation);
        return false;
    }

    private async Task<bool> TrySendAsync(string host, MimeMessage message, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using var smtp = new SmtpClient();
            await smtp.ConnectAsync(host, settings.Port, settings.Tls, patience.Token);
            if (settings.User is not null) await smtp.AuthenticateAsync(settings.User, settings.Password ?? "", patience.Token);
            await smtp.SendAsync(message, patience.Token);
            await smtp.DisconnectAsync(true, patience.Token);
            return true;
        }
        catch (Exception problem) when (!cancellation.IsCancellationRequested)
        {
            MailLog.NotSent(logger, host, settings.Port, problem.Message, Outbox);
            return false;
        }
    }

    // Whole, or not at all: whoever takes letters out of the folder finds no half ones.
    private async Task KeepAsync(MimeMessage message, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Outbox);
        else
            Directory.CreateDirectory(Outbox, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(Outbox, $"{Guid.CreateVersion7(time.GetUtcNow()):N}.eml");
        await using (var file = File.Create(path + ".new")) await message.WriteToAsync(file, cancellation);
        File.Move(path + ".new", path);
    }
}

internal static partial class MailLog
{
    [LoggerMessage(EventId = 2700, Level = LogLevel.Warning, Message = "A letter could not be sent over {Host}:{Port}: {Reason} It lies in {Outbox}.")]
    public static partial void NotSent(ILogger logger, string host, int port, string reason, string outbox);
}
