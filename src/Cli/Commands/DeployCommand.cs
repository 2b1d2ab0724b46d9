using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Client;

namespace OgcProcesses.Cli.Commands;

/// <summary>Deploys a package, and builds its image first where it lies beside a Dockerfile.</summary>
internal sealed class DeployCommand : ServerCommand
{
    private readonly Argument<string> _package = new("package") { Description = "A package (JSON), a CWL document, or a folder with package.json and a Dockerfile, whose image is built by 'docker build' first." };
    private readonly Option<bool> _replace = new("--replace") { Description = "Replace the process if it is there already." };
    private readonly Option<bool> _check = new("--check") { Description = "Look at the package, and send nothing." };

    public DeployCommand()
        : base("deploy", "Deploy a process.")
    {
        Add(_package);
        Add(_replace);
        Add(_check);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(_package)!;
        var folder = Directory.Exists(path) ? path : null;
        var package = Read(folder is null ? path : Path.Combine(folder, "package.json"));
        if (PackageCheck.ErrorsOf(package).ToList() is { Count: > 0 } errors) throw new UsageException($"The package can't be deployed:{string.Concat(errors.Select(error => $"{Environment.NewLine}  {error}"))}");
        if (parsed.GetValue(_check)) return ExitCodes.Success;
        if (folder is not null && File.Exists(Path.Combine(folder, "Dockerfile"))) await BuildAsync(folder, ImageOf(package), cancellationToken);
        var client = Connect(parsed);
        ProcessSummary process;
        try
        {
            process = await client.DeployAsync(package, cancellationToken);
        }
        catch (OgcProcessesException there) when (there is { Status: HttpStatusCode.Conflict, Location: { } place })
        {
            var id = Uri.UnescapeDataString(place.OriginalString.TrimEnd('/').Split('/')[^1]);
            if (!parsed.GetValue(_replace)) throw new UsageException($"There is a process '{id}' already: --replace puts this one in its place.");
            process = await client.ReplaceAsync(id, package, cancellationToken);
        }

        foreach (var warning in process.Warnings ?? []) Terminal.Tell($"Warning: {warning}");
        if (IsJson(parsed)) Terminal.WriteJson(process);
        else Terminal.Tell($"'{process.Id}' {process.Version} is deployed. Try: ogcp describe {process.Id}");
        return ExitCodes.Success;
    }

    private static JsonObject Read(string file)
    {
        if (!File.Exists(file)) throw new UsageException($"There is no file '{file}'.");
        var text = File.ReadAllText(file);
        if (Path.GetExtension(file).ToLowerInvariant() is ".cwl" or ".yaml" or ".yml") return PackageOfCwl(text);
        try
        {
            var json = JsonNode.Parse(text) as JsonObject ?? throw new UsageException($"{file} is no JSON object.");
            return json.ContainsKey("cwlVersion") ? PackageOfCwl(text) : json;
        }
        catch (JsonException wrong)
        {
            throw new UsageException($"{file} is not JSON: {wrong.Message}");
        }
    }

    /// <summary>A document as the unit of a package: the server makes the description of it.</summary>
    private static JsonObject PackageOfCwl(string document) => new() { ["executionUnit"] = new JsonObject { ["value"] = document, ["mediaType"] = PackageCheck.Cwl } };

    private static string ImageOf(JsonObject package)
    {
        var unit = package["executionUnit"] is JsonArray and [JsonObject only] ? only : package["executionUnit"];
        return (unit as JsonObject)?["image"]?.GetValue<string>() ?? throw new UsageException("/executionUnit/image: is required, to name what is built");
    }

    /// <summary>Builds with the engine of this machine: where the server has another, the image has to be pushed to a registry that it can pull from.</summary>
    private static async Task BuildAsync(string folder, string image, CancellationToken cancellationToken)
    {
        Terminal.Tell($"Building {image} on this machine's engine. A server that has another needs it in a registry: docker push {image}");
        var start = new ProcessStartInfo("docker") { ArgumentList = { "build", "-t", image, folder }, RedirectStandardOutput = true };
        using var build = Start(start);
        while (await build.StandardOutput.ReadLineAsync(cancellationToken) is { } line) Terminal.Tell(line);
        await build.WaitForExitAsync(cancellationToken);
        if (build.ExitCode != 0) throw new UsageException($"The image was not built: docker ended with {build.ExitCode}.");
    }

    private static System.Diagnostics.Process Start(ProcessStartInfo docker)
    {
        try
        {
            return System.Diagnostics.Process.Start(docker)!;
        }
        catch (Win32Exception)
        {
            throw new UsageException("There is no 'docker' to build the image with. Give the package alone where the image is built already.");
        }
    }
}
