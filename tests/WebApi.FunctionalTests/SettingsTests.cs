using System.Diagnostics;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>The server as its operator starts it: a process with settings.</summary>
internal sealed class SettingsTests
{
    [TestCase("Security:Mode", "OpenIdConnect", "Security:OpenIdConnect:Authority must be set")]
    [TestCase("Security:Mode", "OpenIdConnect", "Security:OpenIdConnect:Audiences must name this API")]
    [TestCase("Security:Mode", "OpenIdConnect --Security:OpenIdConnect:Authority=http://login.example.org", "Authority must be https")]
    [TestCase("Security:Mode", "OpenIdConnect --Security:OpenIdConnect:Audiences:0=pages --Security:OpenIdConnect:ClientIds:0=pages", "must not hold the client 'pages'")]
    [TestCase("Security:Mode", "OpenIdConnect --Security:OpenIdConnect:DefaultRole=4", "DefaultRole must be Reader, Executor, Deployer, Admin")]
    [TestCase("Security:Mode", "OpenIdConnect --Security:OpenIdConnect:Login:ClientSecret=secret", "Login:ClientId must be set")]
    [TestCase("Security:OpenIdConnect:Roles:Boss:0", "bosses", "Boss")]
    [TestCase("Security:Sessions:Lifetime", "00:00:00", "Lifetime")]
    [TestCase("Runner:MaxConcurrentJobs", "0", "MaxConcurrentJobs")]
    [TestCase("Runner:LeaseDuration", "00:00:00", "LeaseDuration")]
    [TestCase("Quotas:Callers:0:MaxRunningJobs", "2", "Quotas:Callers:0:Id")]
    [TestCase("Runner:StopGrace", "soon", "StopGrace")]
    [TestCase("Runner:MaxConcurentJobs", "4", "MaxConcurentJobs")]
    [TestCase("Api:MaxRequestBytes", "many", "MaxRequestBytes")]
    [TestCase("Api:PathBase", "ogc/", "PathBase")]
    [TestCase("Api:KnownProxies:0", "proxy.local", "proxy.local")]
    [TestCase("Processes:DefaultVisibility", "Everybody", "DefaultVisibility")]
    [TestCase("Cors:AllowedOrigins:0", "https://maps.example/app", "https://maps.example/app")]
    [TestCase("Api:PublicUrl", "ogc.example/api", "PublicUrl")]
    [TestCase("Api:PublicUrl", "https://ogc.example/?a", "PublicUrl")]
    [TestCase("Compatibility:UnitySDS", "maybe", "UnitySds")]
    [TestCase("Compatibility:Unity", "true", "Unity")]
    [TestCase("Callbacks:SigningKeys:0", "c2hvcnQ=", "Callbacks:SigningKeys:0")]
    [TestCase("Callbacks:MaxAttempts", "0", "MaxAttempts")]
    [TestCase("Fetch:AllowedNetworks:0", "10.0.0.0/33", "10.0.0.0/33")]
    [TestCase("Database:Provider", "Oracle", "Provider")]
    [TestCase("Database:ConnectionString", "Data Source=/proc/nothing/database.db", "Database:ConnectionString")]
    [TestCase("Database:MigrateAtStart", "false", "dotnet OgcProcesses.WebApi.dll migrate")]
    [TestCase("Data:Directory", "/proc/nothing", "Data:Directory")]
    [TestCase("Data:WorkDirectory", "/proc/nothing", "Data:WorkDirectory")]
    [TestCase("Outputs:Store", "Tape", "Store")]
    [TestCase("Outputs:Store", "S3", "Outputs:S3:Bucket must name a bucket")]
    [TestCase("Logging:LogLevel:Default", "Bogus", "Bogus")]
    [TestCase("urls", "notaurl", "notaurl")]
    [TestCase("urls", "http://0.0.0.0:0", "Security:AllowOpenOnNetwork")]
    [TestCase("urls", "http://127.0.0.1:0;http://*:0", "Security:AllowOpenOnNetwork")]
    [TestCase("Kestrel:Endpoints:All:Url", "http://processes.example:0", "Security:AllowOpenOnNetwork")]
    public async Task Start_WrongSetting_EndsWithASentenceThatNamesIt(string setting, string value, string named)
    {
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        try
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (var argument in (string[])[typeof(Program).Assembly.Location, "--urls", "http://127.0.0.1:0", "--Data:Directory", folder, $"--{setting}", .. value.Split(" --")])
                start.ArgumentList.Add(argument);
            using var server = Process.Start(start)!;
            var output = server.StandardOutput.ReadToEndAsync();
            var errors = await server.StandardError.ReadToEndAsync();
            await output;
            await server.WaitForExitAsync();
            Assert.That(server.ExitCode, Is.EqualTo(1));
            Assert.That(errors, Does.Contain(named));
            Assert.That(errors, Does.Not.Contain("   at ").And.Not.Contain("One or more errors"), "no stack trace, and nothing that leaves the reason to it");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
