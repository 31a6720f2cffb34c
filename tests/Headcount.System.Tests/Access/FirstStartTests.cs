using System.Text;
using Headcount.Server.Access;
using Headcount.SystemTests.Gate;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Access;

/// <summary>The owner's account, password and token file.</summary>
public sealed class FirstStartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headcount-server-").FullName;

    private string TokenFile => Path.Combine(_folder, "owner-token");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(dataFolder: _folder);

    private static async Task<bool> IsGoodAsync(RunningServer server, string token)
    {
        using var client = server.ClientFor(token);
        return (await client.AskAsync("/api/events")).Status == 200;
    }

    [Fact]
    public async Task the_first_start_makes_an_owner_whose_password_is_told_once()
    {
        string password;
        await using (var server = await StartAsync())
        {
            var first = server.Services.GetRequiredService<FirstStart>();
            Assert.Equal(TokenFile, first.OwnerTokenFile);
            password = first.TakeOwnerPassword()!;
            Assert.Matches("^([a-z2-9]{5}-){3}[a-z2-9]{5}$", password);
            Assert.Null(first.TakeOwnerPassword());
            Assert.True(await IsGoodAsync(server, server.OwnerToken));
        }

        await using var again = await StartAsync();
        Assert.Null(again.Services.GetRequiredService<FirstStart>().TakeOwnerPassword());
        using var browser = new Browser(again);
        Assert.Equal(303, (await browser.SignInAsync(FirstStart.OwnerEmail, password)).Status);
    }

    [Fact]
    public async Task the_token_file_is_for_its_user_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such file modes");
        if (OperatingSystem.IsWindows()) return;
        await using (await StartAsync()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
        Assert.False(File.Exists(TokenFile + ".new"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder, "keys")));

        // Somebody opened it up: the next start closes it again.
        File.SetUnixFileMode(TokenFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await using (await StartAsync()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
    }

    [Fact]
    public async Task the_token_stays_the_same_from_start_to_start()
    {
        string token;
        await using (var server = await StartAsync()) token = server.OwnerToken;
        await using var again = await StartAsync();
        Assert.Equal(token, again.OwnerToken);
        Assert.True(await IsGoodAsync(again, token));
    }

    [Fact]
    public async Task a_lost_token_file_is_written_anew_and_the_lost_token_ends()
    {
        string lost;
        await using (var server = await StartAsync()) lost = server.OwnerToken;
        File.Delete(TokenFile);
        await using var again = await StartAsync();
        Assert.NotEqual(lost, again.OwnerToken);
        Assert.True(await IsGoodAsync(again, again.OwnerToken));
        Assert.False(await IsGoodAsync(again, lost));
        Assert.Null(again.Services.GetRequiredService<FirstStart>().TakeOwnerPassword());
    }

    [Fact]
    public async Task a_token_file_that_is_not_good_any_more_is_replaced()
    {
        await using (await StartAsync())
        {
        }

        await File.WriteAllTextAsync(TokenFile, "hca_from-another-database\n", TestContext.Current.CancellationToken);
        await using var again = await StartAsync();
        Assert.NotEqual("hca_from-another-database", again.OwnerToken);
        Assert.True(await IsGoodAsync(again, again.OwnerToken));
    }

    [Fact]
    public async Task neither_token_nor_password_is_anywhere_in_the_data_folder()
    {
        string password, owner, device;
        await using (var server = await StartAsync())
        {
            await server.CreateEventAsync();
            using var client = await server.CreateDeviceAsync("club", "d");
            device = client.DefaultRequestHeaders.Authorization!.Parameter!;
            owner = server.OwnerToken;
            password = server.Services.GetRequiredService<FirstStart>().TakeOwnerPassword()!;
        }

        Assert.StartsWith("hca_", owner, StringComparison.Ordinal);
        Assert.StartsWith("hcd_", device, StringComparison.Ordinal);
        Assert.Equal(47, device.Length);
        foreach (var file in Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Where(file => file != TokenFile))
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            foreach (var secret in new[] { password, owner, device, device[4..] }) Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(secret)) < 0, $"{file} holds a secret");
        }
    }
}
