using OgcProcesses.PostgreSqlServer;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Who migrates a database: one of the nodes that start, a command, or an administrator with a script.</summary>
internal sealed class MigrateTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Migrate_OfANewDatabase_LetsAServerStartThatMayNotMigrate()
    {
        var first = await CommandLine.RunAsync("migrate", "--Data:Directory", _folder);
        var second = await CommandLine.RunAsync("migrate", "--Data:Directory", _folder);
        using var server = new ServerProcess(_folder, "--Database:MigrateAtStart", "false");
        await server.StartAsync(isReady: false);

        Assert.That(first, Is.EqualTo((0, first.Output, "")));
        Assert.That(first.Output, Does.Match("^The Sqlite database is up to date now; it lacked .*_Initial, .*\\.\n$"));
        Assert.That(second, Is.EqualTo((0, "The Sqlite database was up to date; nothing was changed.\n", "")));
    }

    [Test]
    public async Task Migrate_WhileAServerUsesTheFile_IsRefused()
    {
        using var server = new ServerProcess(_folder);
        await server.StartAsync(isReady: false);

        var (code, output, errors) = await CommandLine.RunAsync("migrate", "--Data:Directory", _folder);

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(errors, Does.StartWith("The command failed: ").And.Contain(_folder));
    }

    [TestCase("SqlServer", "Server=nowhere.example")]
    [TestCase("PostgreSql", "Host=nowhere.example")]
    public async Task MigrateScript_OfADatabaseThatIsNotThere_IsThatForAdministrators(string provider, string connection)
    {
        var (code, output, errors) = await CommandLine.RunAsync("migrate", "--script", "--Database:Provider", provider, "--Database:ConnectionString", connection);

        Assert.That((code, errors), Is.EqualTo((0, "")));
        Assert.That(output, Is.EqualTo(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "sql", $"{provider.ToLowerInvariant()}.sql"))));
    }

    [TestCase("'migrate'", "migrat")]
    [TestCase("'--script'", "migrate", "--scirpt")]
    public async Task Command_ThatIsMisspelt_DoesNothing(string offered, params string[] arguments)
    {
        var (code, output, errors) = await CommandLine.RunAsync([.. arguments, "--Data:Directory", _folder]);

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(errors, Does.Contain($"'{arguments[^1]}'").And.Contain(offered));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder), Is.Empty);
    }

    [Test]
    public async Task Start_OfManyNodesOnOneEmptyDatabase_SucceedsForAll()
    {
        if (DatabaseServer.Obstacle is { } obstacle) Assert.Ignore(obstacle);
        await using var database = await DatabaseServer.StartAsync();
        string[] settings = ["--Database:Provider", "PostgreSql", "--Database:ConnectionString", await database.CreateDatabaseAsync(), "--Docker:Holders", "0"];
        var nodes = Enumerable.Range(0, 4).Select(number => new ServerProcess(Path.Combine(_folder, $"{number}"), settings)).ToList();
        try
        {
            await Task.WhenAll(nodes.Select(node => node.StartAsync()));

            // The built-in processes, which each of them deploys where they are missing.
            foreach (var node in nodes) Assert.That((await node.GetAsync("/processes"))["processes"]!.AsArray(), Has.Count.EqualTo(2));
        }
        finally
        {
            foreach (var node in nodes) node.Dispose();
        }
    }
}
