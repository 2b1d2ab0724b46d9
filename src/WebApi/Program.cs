using System.Reflection;
using System.Text.Json;
using MediatR;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Processes.BuiltIn;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Infrastructure;
using OgcProcesses.WebApi;
using OgcProcesses.WebApi.Commands;
using OgcProcesses.WebApi.Http;

var command = CommandCall.Of(args);
var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = command?.Settings ?? args,
    // The settings file lies beside the program, wherever the program is started from.
    ContentRootPath = AppContext.BaseDirectory,
});
// Scopes tell the job; trace identifiers would only hide it.
builder.Logging.Configure(logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.None);
// It would tell the query of every request, and with it the signatures of links, to whoever reads logs.
builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
// What a command says is not to be mixed with what is logged meanwhile.
if (command is not null)
{
    builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    // The server's log tells of AutoMapper's licence; who makes a key need not read of it.
    builder.Logging.AddFilter("LuckyPennySoftware", LogLevel.Error);
}

// Where systemd has started it, the server tells when it listens and when it stops, and gives its log lines their priority.
builder.Services.AddSystemd();
builder.Services.AddApplication(builder.Configuration["AutoMapper:LicenseKey"]);
builder.Services.AddInfrastructure();
builder.Services.AddWebApi();

var started = false;
try
{
    // Built in here, too: the web server reads its settings while it is made.
    await using var app = builder.Build();
    app.Lifetime.ApplicationStarted.Register(() => started = true);
    if (command is not null)
    {
        await command.RunAsync(app.Services);
        return 0;
    }

    app.Services.GetRequiredService<IStartupValidator>().Validate();
    app.UseWebApi();
    await app.Services.PrepareDatabaseAsync();
    if (app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.BuiltInProcesses) await DeployBuiltInAsync(app.Services);
    await app.RunAsync();
    return 0;
}
catch (Exception wrong) when (!started && wrong is not HostAbortedException)
{
    // A setting, an address or a database: the operator mends it by a sentence, not by a stack trace.
    await Console.Error.WriteLineAsync($"{(command is null ? "The server does not start" : "The command failed")}: {ReasonOf(wrong)}");
    return 1;
}

static string ReasonOf(Exception wrong) => wrong switch
{
    OptionsValidationException invalid => string.Join(" ", invalid.Failures),
    // One for each section that is wrong, or that reads one which is.
    AggregateException several => string.Join(" ", several.InnerExceptions.Select(ReasonOf).Distinct()),
    _ => wrong.Message,
};

static async Task DeployBuiltInAsync(IServiceProvider services)
{
    var here = Assembly.GetExecutingAssembly();
    using var acting = services.GetRequiredService<ICaller>().ActFor(Caller.Server);
    await using var scope = services.CreateAsyncScope();
    var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
    foreach (var name in here.GetManifestResourceNames().Where(name => name.Contains(".BuiltIn.", StringComparison.Ordinal)))
    {
        await using var content = here.GetManifestResourceStream(name)!;
        var package = await JsonSerializer.DeserializeAsync<ApplicationPackage>(content, JsonSerializerOptions.Web);
        await mediator.Send(new DeployBuiltIn(package!));
    }
}
