using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Headcount.Core;

namespace Headcount.SystemTests.Repository;

/// <summary>Core decides, and does nothing else: no clock, no chance, no input or output, no thread. Read from the compiled assembly.</summary>
public sealed class CorePurityTests
{
    private static readonly string[] ForbiddenNamespaces =
    [
        "System.Net", "System.IO", "System.Threading.Tasks", "System.Data", "System.Security.Cryptography", "System.Runtime.InteropServices.JavaScript",
        "Microsoft",
    ];

    private static readonly string[] ForbiddenTypes =
    [
        "System.Console", "System.TimeProvider", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch", "System.Threading.Thread",
        "System.Threading.Timer", "System.Threading.ThreadPool", "System.Collections.Generic.IAsyncEnumerable`1",
    ];

    private static readonly string[] ForbiddenMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow", "System.TimeZoneInfo.get_Local", "System.Random.get_Shared", "System.Environment.get_TickCount",
        "System.Environment.get_TickCount64", "System.Environment.GetEnvironmentVariable", "System.Environment.get_MachineName",
    ];

    [Fact]
    public void core_references_the_base_class_library_only() => ReadCore(core =>
    {
        var references = core.AssemblyReferences.Select(handle => core.GetString(core.GetAssemblyReference(handle).Name));
        Assert.DoesNotContain(references, name => !name.StartsWith("System.", StringComparison.Ordinal));
    });

    [Fact]
    public void core_has_no_package_but_an_analyzer()
    {
        var project = XDocument.Parse(Checkout.Read("src/Headcount.Core/Headcount.Core.csproj"));
        Assert.Empty(project.Descendants("PackageReference"));
        Assert.Empty(project.Descendants("FrameworkReference"));
    }

    [Fact]
    public void core_uses_no_type_that_reads_writes_waits_or_tells_the_time() => ReadCore(core =>
    {
        var used = core.TypeReferences.Select(handle => FullName(core, handle)).Where(name => !name.EndsWith("Exception", StringComparison.Ordinal));
        Assert.DoesNotContain(used, name => ForbiddenTypes.Contains(name) || ForbiddenNamespaces.Any(space => name.StartsWith(space + ".", StringComparison.Ordinal)));
    });

    /// <summary>The key of its hash tables may differ from run to run: no answer depends on it, and nobody can choose ids that collide.</summary>
    [Fact]
    public void core_takes_chance_for_nothing_but_the_keys_of_its_tables()
    {
        var users = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src/Headcount.Core"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("Guid.", StringComparison.Ordinal));
        Assert.Equal(["HashKey.cs"], users.Select(Path.GetFileName));
    }

    [Fact]
    public void core_uses_no_member_that_asks_the_machine() => ReadCore(core =>
    {
        var used = core.MemberReferences.Select(core.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{FullName(core, (TypeReferenceHandle)member.Parent)}.{core.GetString(member.Name)}");
        Assert.Empty(used.Intersect(ForbiddenMembers));
    });

    private static string FullName(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }

    private static void ReadCore(Action<MetadataReader> look)
    {
        using var file = File.OpenRead(typeof(Instant).Assembly.Location);
        using var image = new PEReader(file);
        look(image.GetMetadataReader());
    }
}
