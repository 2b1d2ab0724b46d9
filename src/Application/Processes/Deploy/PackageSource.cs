using System.Text.Json;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Cwl;
using OgcProcesses.Application.Processes.Image;

namespace OgcProcesses.Application.Processes.Deploy;

/// <summary>Reads what was sent to deploy or replace a process: a package with a container image, or CWL in line, by value or by link.</summary>
/// <remarks>
/// Part 2, /req/ogcapppkg/schema, /req/docker/execution-unit, /req/cwl/execution-unit. Whatever it is becomes a package with a
/// container image first, which <see cref="PackageReader"/> reads; what that finds wrong is led back to what was sent.
/// </remarks>
public sealed class PackageSource(
    IInputFetcher fetcher, IYamlReader yaml, ISchemaValidator schemas, ImagePins images, IOptions<RunnerOptions> limits, TimeProvider clock)
{
    private const string Unit = "/executionUnit";

    /// <summary>How long a client is kept waiting for a document by link.</summary>
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Reads a package; throws an <see cref="OgcException"/> that tells everything that is wrong with it.</summary>
    /// <param name="package">What was sent.</param>
    /// <param name="workflow">The workflow to take where a document has several; null for the first.</param>
    /// <param name="id">The process's identifier where a CWL document has none; null where nothing else tells it.</param>
    /// <param name="cancellationToken">Ends the wait for a document by link, or for an image that is to be held to.</param>
    internal async Task<ReadPackage> ReadAsync(ApplicationPackage package, string? workflow, string? id, CancellationToken cancellationToken)
    {
        var found = await FindAsync(package, workflow, id, cancellationToken);
        var reader = new PackageReader(schemas, limits.Value);
        if (reader.Read(found.Package) is not { } read) throw new OgcException([.. reader.Violations.Select(found.Locate)]);
        try
        {
            return read with
            {
                Unit = await images.PinAsync(read.Unit, cancellationToken),
                IdPointer = found.Locate(Violation.InBody(read.IdPointer, "")).Pointer!,
                Warnings = [.. found.Warnings, .. read.Warnings],
            };
        }
        catch (ImageUnavailableException absent)
        {
            throw new OgcException([found.Locate(Violation.InBody($"{Unit}/image", absent.Message))]);
        }
        catch (EngineException away)
        {
            throw new OgcException(OgcError.EngineAway, away.Message);
        }
    }

    private async Task<ContainerPackage> FindAsync(ApplicationPackage package, string? workflow, string? id, CancellationToken cancellationToken)
    {
        if (package.Cwl is { } sent) return Translate(package, sent, workflow, id, new("", IsLink: false));
        var (unit, at) = TheOne(package.ExecutionUnit);
        if (unit is not { ValueKind: JsonValueKind.Object } given) return AsItIs(package, unit, at, workflow);
        if (given.TryGetProperty("href", out var href))
        {
            var (text, name) = await FetchAsync(given, href, at, cancellationToken);
            return Translate(package, text, workflow, id ?? name, new($"{at}/href", IsLink: true));
        }

        if (!given.TryGetProperty("value", out var value)) return AsItIs(package, unit, at, workflow);
        var origin = new CwlOrigin($"{at}/value", IsLink: false);
        return (TextOf(given, "mediaType"), value.ValueKind) switch
        {
            ({ } other, _) when !CwlText.IsMediaType(other) => AsItIs(package, value, origin.At, workflow),
            (null, JsonValueKind.Object) when !value.TryGetProperty("cwlVersion", out _) => AsItIs(package, value, origin.At, workflow),
            (var mediaType, JsonValueKind.String) => Translate(package, new(mediaType ?? CwlText.Any, value.GetString()!), workflow, id, origin),
            _ => CwlPackage.Translate(package, value, workflow, id, origin, limits.Value),
        };
    }

    /// <summary>The one unit of a package, by itself or in an array.</summary>
    private static (JsonElement? Unit, string At) TheOne(JsonElement? unit)
    {
        if (unit is not { ValueKind: JsonValueKind.Array } units) return (unit, Unit);
        if (units.GetArrayLength() == 1) return (units[0], $"{Unit}/0");
        throw Wrong(Unit, $"holds {units.GetArrayLength()} execution units; give the one to run");
    }

    private static ContainerPackage AsItIs(ApplicationPackage package, JsonElement? unit, string at, string? workflow)
    {
        if (workflow is not null) throw new OgcException(OgcError.WorkflowNotFound, $"The package is no CWL and has no workflow '{workflow}'.");
        return new(
            package with { ExecutionUnit = unit },
            wrong => wrong.Pointer!.StartsWith(Unit, StringComparison.Ordinal) ? wrong with { Pointer = at + wrong.Pointer[Unit.Length..] } : wrong,
            []);
    }

    private async Task<(CwlText Text, string Name)> FetchAsync(JsonElement unit, JsonElement href, string at, CancellationToken cancellationToken)
    {
        var type = TextOf(unit, "type");
        if (type is not null && !CwlText.IsMediaType(type))
            throw Wrong($"{at}/type", $"'{type}' is not supported by link; {string.Join(", ", CwlText.MediaTypes)} are");
        if (href.ValueKind != JsonValueKind.String || !Uri.TryCreate(href.GetString(), UriKind.Absolute, out var link))
            throw Wrong($"{at}/href", "must be an absolute URL");
        if (fetcher.Refuse(link) is { } refusal) throw Wrong($"{at}/href", refusal);
        using var timeout = new CancellationTokenSource(FetchTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var bytes = await fetcher.FetchAsync(link, CwlText.MostBytes, either.Token);
            return (CwlText.Read(type ?? CwlText.Any, bytes), Path.GetFileNameWithoutExtension(link.AbsolutePath));
        }
        catch (Exception failure) when (failure is FetchException or FormatException)
        {
            throw Wrong($"{at}/href", failure.Message);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Wrong($"{at}/href", $"was not fetched within {FetchTimeout.TotalSeconds} s");
        }
    }

    private ContainerPackage Translate(ApplicationPackage package, CwlText text, string? workflow, string? id, CwlOrigin origin)
    {
        JsonElement cwl;
        try
        {
            cwl = CwlDocument.Parse(text, yaml);
        }
        catch (FormatException malformed)
        {
            throw Wrong(origin.At, malformed.Message);
        }

        return CwlPackage.Translate(package, cwl, workflow, id, origin, limits.Value);
    }

    private static string? TextOf(JsonElement unit, string name) =>
        unit.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static OgcException Wrong(string pointer, string detail) => new([Violation.InBody(pointer, detail)]);
}

/// <summary>A package with a container image, as it was sent or as it was made of CWL.</summary>
/// <param name="Package">The package.</param>
/// <param name="Locate">Leads something wrong with it back to its place in what was sent.</param>
/// <param name="Warnings">What was not heeded.</param>
internal sealed record ContainerPackage(ApplicationPackage Package, Func<Violation, Violation> Locate, IReadOnlyList<string> Warnings);
