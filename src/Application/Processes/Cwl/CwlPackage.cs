using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Deploy;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>Where a CWL document stands in what was sent.</summary>
/// <param name="At">JSON pointer to the document, or to the link that leads to it.</param>
/// <param name="IsLink">Whether it lies elsewhere, so that places in it can only be told in words.</param>
internal sealed record CwlOrigin(string At, bool IsLink)
{
    /// <summary>Something wrong in the document, at its place in what was sent.</summary>
    public Violation Locate(string pointer, string detail) => IsLink
        ? Violation.InBody(At, pointer.Length == 0 ? $"leads to a document that {detail}" : $"leads to a document in which {pointer} {detail}")
        : Violation.InBody(At + pointer, detail);
}

/// <summary>Makes a package with a container image of CWL and the description that may stand beside it.</summary>
internal static class CwlPackage
{
    private const string Description = "/processDescription";

    /// <summary>Translates; throws an <see cref="OgcException"/> that tells everything that is in the way.</summary>
    /// <param name="package">The package that holds the document, or leads to it.</param>
    /// <param name="cwl">The document.</param>
    /// <param name="workflow">The workflow to take; null for the first.</param>
    /// <param name="id">The process's identifier where nothing in the package or the document tells it.</param>
    /// <param name="origin">Where the document stands.</param>
    /// <param name="limits">What the operator gives to one job.</param>
    public static ContainerPackage Translate(
        ApplicationPackage package, JsonElement cwl, string? workflow, string? id, CwlOrigin origin, RunnerOptions limits)
    {
        if (JsonText.FindMalformed(cwl) is { } malformed)
            throw new OgcException([origin.Locate(malformed, "holds half a surrogate pair, which is no text")]);
        var notes = new CwlNotes();
        var translated = new CwlTranslator(new(cwl, notes), limits, notes).Translate(workflow);
        var violations = notes.Obstacles.Select(obstacle => origin.Locate(obstacle.Pointer!, obstacle.Detail)).ToList();
        var given = GivenDescription(package, violations);
        if (translated is not null && violations.Count == 0 && given is not null)
            violations.AddRange(((string[])["inputs", "outputs"]).SelectMany(kind => Compare(given.Value, kind, translated.Description[kind]!.AsObject())));
        if (violations.Count > 0) throw new OgcException(violations);

        var description = translated!.Description;
        foreach (var (name, value) in given?.Members ?? [])
            if (value.Json.ValueKind != JsonValueKind.Null) description[name] = JsonNode.Parse(value.Json.GetRawText());
        if (!description.ContainsKey("id") && id is not null) description["id"] = id;
        return new(
            new()
            {
                ProcessDescription = JsonSerializer.SerializeToElement(description),
                ExecutionUnit = JsonSerializer.SerializeToElement(translated.Unit),
            },
            wrong => Locate(wrong, given, translated.Places, origin),
            [.. notes.Warnings.Select(warning => origin.IsLink ? $"{origin.At}: {warning}" : origin.At + warning)]);
    }

    private static CwlNode? GivenDescription(ApplicationPackage package, List<Violation> violations)
    {
        if (package.ProcessDescription is not { ValueKind: not JsonValueKind.Null } json) return null;
        var description = new CwlNode(json, Description);
        if (!description.IsObject) violations.Add(Violation.InBody(Description, "must be an object"));
        if (JsonText.FindMalformed(json) is { } malformed)
            violations.Add(Violation.InBody(Description + malformed, "holds half a surrogate pair, which is no text"));
        return violations.Count > 0 ? null : description.Member("process") is { IsObject: true } process ? process : description;
    }

    /// <summary>What a given description has and the tool has not, and the other way round.</summary>
    private static IEnumerable<Violation> Compare(CwlNode given, string kind, JsonObject ofTool)
    {
        if (given.Member(kind) is not { IsObject: true } all) yield break;
        var names = all.Members.Select(member => member.Name).ToHashSet();
        foreach (var (name, value) in all.Members.Where(member => !ofTool.ContainsKey(member.Name)))
            yield return Violation.InBody(value.At, $"the CWL has no {kind[..^1]} '{name}'");
        foreach (var (name, _) in ofTool.Where(member => !names.Contains(member.Key)))
            yield return Violation.InBody(all.At, $"lacks the {kind[..^1]} '{name}' of the CWL");
    }

    private static Violation Locate(Violation wrong, CwlNode? given, CwlPlaces places, CwlOrigin origin)
    {
        var steps = wrong.Pointer!.Split('/');
        var isGiven = given is { } description && wrong.Pointer.StartsWith(Description + "/", StringComparison.Ordinal)
            && description.Members.Any(member => JsonPointer.Escape(member.Name) == steps[2]);
        return isGiven
            ? wrong with { Pointer = given!.Value.At + wrong.Pointer[Description.Length..] }
            : origin.Locate(places.Of(wrong.Pointer), wrong.Pointer == Description + "/id" && places.Of(wrong.Pointer).Length == 0
                ? "needs an 'id', which becomes the identifier of the process" : wrong.Detail);
    }
}
