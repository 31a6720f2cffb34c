using System.Diagnostics;
using System.Globalization;
using Headcount.Fuzz;
using SharpFuzz;

// headcount-fuzz [TARGET|all] [MINUTES] [SEED]: its own loop. --libfuzzer TARGET, --afl TARGET: run by one of those.
if (args is ["--libfuzzer", var guided])
{
    var target = FuzzTarget.Find(guided);
    Fuzzer.LibFuzzer.Run(bytes => target.Try(bytes.ToArray()));
    return 0;
}

if (args is ["--afl", var guidedByAfl])
{
    var target = FuzzTarget.Find(guidedByAfl);
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        target.Try(bytes.ToArray());
    });
    return 0;
}

if (args.Length > 3 || (args.Length > 0 && args[0] != "all" && FuzzTarget.All.All(target => target.Name != args[0])))
{
    Console.Error.WriteLine($"usage: fuzz [all|{string.Join('|', FuzzTarget.All.Select(target => target.Name))}] [minutes] [seed]");
    return 2;
}

var minutes = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var seed = args.Length > 2 ? ulong.Parse(args[2], CultureInfo.InvariantCulture) : (ulong)TimeProvider.System.GetTimestamp();
var targets = FuzzTarget.All.Where(target => args.Length == 0 || args[0] == "all" || args[0] == target.Name).ToList();
var failed = false;
foreach (var target in targets)
{
    var watch = Stopwatch.StartNew();
    var run = new FuzzRun(target, seed);
    using var watchdog = new Timer(_ =>
    {
        if (run.StuckFor(watch.Elapsed) is not { } stuck) return;
        Console.Error.WriteLine($"{target.Name}: does not end; the input is in {Keep(target, stuck)}");
        Environment.Exit(1);
    }, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    while (watch.Elapsed.TotalMinutes < minutes / targets.Count)
    {
        run.Began(watch.Elapsed);
        if (run.Step() is not { } failure) continue;
        failed = true;
        Console.Error.WriteLine($"{target.Name} (seed {seed}, step {run.Steps}): {failure.Message}\nThe input is in {Keep(target, failure.Input)}");
        break;
    }

    Console.WriteLine($"{target.Name}: {run.Steps} inputs in {watch.Elapsed.TotalSeconds:0} s, seed {seed}");
}

return failed ? 1 : 0;

static string Keep(FuzzTarget target, byte[] input)
{
    var folder = Path.Combine(AppContext.BaseDirectory, "found");
    Directory.CreateDirectory(folder);
    var path = Path.Combine(folder, $"{target.Name}-{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(input))[..12]}");
    File.WriteAllBytes(path, input);
    return path;
}
