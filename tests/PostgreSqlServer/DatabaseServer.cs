using System.Diagnostics;
using Npgsql;

namespace OgcProcesses.PostgreSqlServer;

/// <summary>A PostgreSQL server of its own, made of the installed binaries in a temporary folder, reached by a socket there.</summary>
public sealed class DatabaseServer : IAsyncDisposable
{
    private const string Superuser = "postgres";
    private const string Ready = "ready to accept connections";

    private static readonly Lazy<string?> Binaries = new(FindBinaries);

    private readonly string _folder;
    private readonly bool _isDurable;
    private Process? _process;

    private DatabaseServer(string folder, bool isDurable) => (_folder, _isDurable) = (folder, isDurable);

    /// <summary>Why there can be no server here; null when there can.</summary>
    public static string? Obstacle =>
        Binaries.Value is null ? "Needs PostgreSQL's own programs (initdb, postgres): install Debian's package postgresql, or put them on the PATH." : null;

    /// <summary>Makes and starts a server.</summary>
    /// <param name="isDurable">Whether it waits for the disk as an operator's does; tests that lose no power need not.</param>
    public static async Task<DatabaseServer> StartAsync(bool isDurable = false)
    {
        var server = new DatabaseServer(Directory.CreateTempSubdirectory("ogc-pg-").FullName, isDurable);
        try
        {
            if (Environment.IsPrivilegedProcess) await RunAsync("chown", Superuser, server._folder);
            using var made = server.Start("initdb", "-D", server.Data, "-U", Superuser, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync");
            // Read while it runs, or it would wait for a reader.
            var errors = await made.StandardError.ReadToEndAsync();
            await made.WaitForExitAsync();
            if (made.ExitCode != 0) throw new InvalidOperationException($"initdb failed: {errors}");
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database, or a copy of one that nobody is connected to.</summary>
    /// <returns>How to reach it.</returns>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = $"ogc_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template ?? "template0"}");
        return ConnectionString(name);
    }

    /// <summary>Saves a database that may be in use, as an operator does.</summary>
    public Task DumpAsync(string connectionString, string file) => RunAsync(
        PathOf("pg_dump"), "--host", _folder, "--username", Superuser, "--format", "custom", "--file", file, NameIn(connectionString));

    /// <summary>Makes a database of what was saved.</summary>
    /// <returns>How to reach it.</returns>
    public async Task<string> RestoreAsync(string file)
    {
        var made = await CreateDatabaseAsync();
        await RunAsync(PathOf("pg_restore"), "--host", _folder, "--username", Superuser, "--no-owner", "--exit-on-error", "--dbname", NameIn(made), file);
        return made;
    }

    /// <summary>Removes a database, whoever is connected to it.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        await using (var connection = new NpgsqlConnection(connectionString)) NpgsqlConnection.ClearPool(connection);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {NameIn(connectionString)} WITH (FORCE)");
    }

    /// <summary>Ends the server at once, as a crash does; its data stay.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        // SIGQUIT: its processes end without finishing anything, and recover at the next start.
        if (!process.HasExited) await RunAsync("kill", "-QUIT", $"{process.Id}");
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts the server once more on its data.</summary>
    public async Task StartAgainAsync()
    {
        string[] quick = _isDurable ? [] : ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"];
        _process = Start(
            "postgres", ["-D", Data, "-k", _folder, "-c", "listen_addresses=", "-c", "max_connections=400", "-c", "log_min_messages=log", .. quick]);
        var log = new List<string>();
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            log.Add(line);
            if (!line.Contains(Ready, StringComparison.Ordinal)) continue;
            // Read on, or the server would wait for a reader once the pipe is full.
            _ = _process.StandardError.ReadToEndAsync();
            return;
        }

        throw new InvalidOperationException($"postgres did not start: {string.Join(' ', log)}");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private string ConnectionString(string database) => $"Host={_folder};Username={Superuser};Database={database}";

    private async Task ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts one of PostgreSQL's programs, which refuse to be root.</summary>
    private Process Start(string program, params string[] arguments)
    {
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={Superuser}", $"--regid={Superuser}", "--clear-groups", PathOf(program), .. arguments]
            : [PathOf(program), .. arguments];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _folder })!;
    }

    private static string PathOf(string program) => Path.Combine(Binaries.Value ?? throw new InvalidOperationException(Obstacle), program);

    private static string NameIn(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    /// <summary>Debian keeps them off the PATH, a folder for each version.</summary>
    private static string? FindBinaries()
    {
        const string debian = "/usr/lib/postgresql";
        IEnumerable<string> versions = Directory.Exists(debian) ? Directory.GetDirectories(debian).OrderDescending(StringComparer.Ordinal) : [];
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        return versions.Select(version => Path.Combine(version, "bin")).Concat(path)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }
}
