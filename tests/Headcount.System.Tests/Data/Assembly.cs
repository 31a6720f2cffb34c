using Headcount.SystemTests.Data;

[assembly: AssemblyFixture(typeof(SharedPostgres))]
