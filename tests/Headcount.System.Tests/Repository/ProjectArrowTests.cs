using System.Xml.Linq;

namespace Headcount.SystemTests.Repository;

/// <summary>Which project may reference which. A new project gets a row here, and its reasons in ARCHITECTURE.md.</summary>
public sealed class ProjectArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Headcount.Core"] = [],
        ["Headcount.Streams"] = ["Headcount.Core"],
        ["Headcount.Engine"] = ["Headcount.Core"],
        ["Headcount.Data"] = ["Headcount.Core", "Headcount.Engine"],
        ["Headcount.Cluster"] = ["Headcount.Engine"],
        ["Headcount.Client"] = [],
        ["Headcount.Simulation"] = ["Headcount.Core"],
        ["Headcount.Scanner"] = ["Headcount.Core", "Headcount.Client"],
        ["Headcount.Agent"] = ["Headcount.Core", "Headcount.Engine", "Headcount.Client"],
        ["Headcount.Server"] =
        [
            "Headcount.Core", "Headcount.Streams", "Headcount.Engine", "Headcount.Data", "Headcount.Cluster", "Headcount.Client",
            "Headcount.Simulation", "Headcount.Scanner",
        ],
        ["Headcount.Cli"] =
        [
            "Headcount.Core", "Headcount.Streams", "Headcount.Engine", "Headcount.Data", "Headcount.Cluster", "Headcount.Client",
            "Headcount.Simulation", "Headcount.Server", "Headcount.Agent",
        ],
    };

    public static TheoryData<string> SourceProjects => [.. Projects("src/")];

    public static TheoryData<string> AllProjects => [.. Projects("")];

    [Theory, MemberData(nameof(SourceProjects))]
    public void a_project_references_only_what_its_row_allows(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        Assert.True(Allowed.TryGetValue(name, out var allowed), $"{name} has no row in the table of allowed references.");
        var arrows = References(project).Except(allowed).Select(reference => $"{name} -> {reference}");
        Assert.Empty(arrows);
    }

    [Theory, MemberData(nameof(AllProjects))]
    public void nothing_references_a_test_or_a_benchmark(string project) =>
        Assert.DoesNotContain(References(project), name =>
            name.EndsWith(".Tests", StringComparison.Ordinal) || name.EndsWith(".Benchmarks", StringComparison.Ordinal));

    [Theory, MemberData(nameof(AllProjects))]
    public void a_project_is_in_the_solution(string project)
    {
        var solution = XDocument.Parse(Checkout.Read("Headcount.slnx"));
        Assert.Contains(project, solution.Descendants("Project").Select(row => row.Attribute("Path")!.Value));
    }

    [Theory, MemberData(nameof(AllProjects))]
    public void a_project_has_a_lock_file(string project)
    {
        var lockFile = Path.GetDirectoryName(project)!.Replace('\\', '/') + "/packages.lock.json";
        Assert.True(Checkout.Files.Contains(lockFile), $"{lockFile} is missing: build once and commit it.");
    }

    [Theory, MemberData(nameof(AllProjects))]
    public void a_package_version_is_stated_centrally(string project)
    {
        var versions = Parse(project).Descendants("PackageReference").Where(package => package.Attribute("Version") is not null);
        Assert.Empty(versions);
    }

    private static IEnumerable<string> Projects(string folder) =>
        Checkout.FilesWithExtension(".csproj").Where(file => file.StartsWith(folder, StringComparison.Ordinal));

    private static IEnumerable<string> References(string project) =>
        Parse(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    private static XDocument Parse(string project) => XDocument.Parse(Checkout.Read(project));
}
