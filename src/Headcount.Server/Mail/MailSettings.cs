using MailKit.Security;

namespace Headcount.Server.Mail;

/// <summary>How letters are sent: section <c>Mail</c> of the settings. Without a host they are laid into the outbox.</summary>
internal sealed record MailSettings
{
    /// <summary>The SMTP server; null = none.</summary>
    public string? Host { get; init; }

    public int Port { get; init; } = 587;

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>The address that letters come from.</summary>
    public string From { get; init; } = "headcount@localhost";

    /// <summary><c>StartTls</c> (the default), <c>SslOnConnect</c>, or <c>None</c> for a server on this machine.</summary>
    public SecureSocketOptions Tls { get; init; } = SecureSocketOptions.StartTls;

    public static MailSettings Read(IConfiguration configuration) => configuration.GetSection("Mail").Get<MailSettings>() ?? new MailSettings();
}
