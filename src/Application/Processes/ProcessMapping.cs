using System.Text.Json;
using AutoMapper;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Processes.Describe;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes;

/// <summary>Puts processes into the standard's words.</summary>
internal sealed class ProcessMapping : Profile
{
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    /// <summary>Members of a description that the server answers itself, or that have a place of their own.</summary>
    private static readonly HashSet<string> Typed =
    [
        "id", "title", "description", "version", "keywords", "metadata", "additionalParameters", "jobControlOptions",
        "outputTransmission", "links", "mutable", "inputs", "outputs", "image",
    ];

    public ProcessMapping()
    {
        CreateMap<Process, ProcessSummary>().ConvertUsing<ToSummary>();
        CreateMap<Process, ProcessDocument>().ConvertUsing<ToDocument>();
    }

    private static IReadOnlyList<Link> LinksOf(Process process, ILinks links) =>
    [
        .. links.ToItself($"processes/{process.Id}", "Process description"),
        new() { Href = links.Url($"processes/{process.Id}/execution"), Rel = OgcNames.Execute, Type = OgcNames.Json, Title = "Execute" },
        new() { Href = links.Url($"processes/{process.Id}/statistics"), Rel = "related", Type = OgcNames.Json, Title = "Statistics of its jobs" },
        .. AuthorLinks(process),
    ];

    /// <remarks>The author's own links (licence, documentation) stand beside the server's.</remarks>
    private static IEnumerable<Link> AuthorLinks(Process process)
    {
        if (Member(process, "links") is not { ValueKind: JsonValueKind.Array } links) yield break;
        foreach (var link in links.EnumerateArray())
        {
            if (link.ValueKind == JsonValueKind.Object && link.TryGetProperty("href", out var href) && href.ValueKind == JsonValueKind.String)
                yield return link.Deserialize<Link>(JsonSerializerOptions.Web)!;
        }
    }

    /// <remarks>Null counts as absent: the schemas of the answers do not allow it.</remarks>
    private static JsonElement? Member(Process process, string name) =>
        process.Revision.Description.Document.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static IReadOnlyList<string> JobControlOptions(ProcessDescription description) =>
    [
        .. description.JobControlOptions.Sync ? ["sync-execute"] : Array.Empty<string>(),
        .. description.JobControlOptions.Async ? ["async-execute"] : Array.Empty<string>(),
        "dismiss",
    ];

    private static IReadOnlyList<string> OutputTransmission(Process process) =>
        Member(process, "outputTransmission")?.Deserialize<IReadOnlyList<string>>() ?? ["value", "reference"];

    private sealed class ToSummary(ILinks links) : ITypeConverter<Process, ProcessSummary>
    {
        public ProcessSummary Convert(Process source, ProcessSummary destination, ResolutionContext context) => new()
        {
            Id = source.Id.Value,
            Title = source.Revision.Description.Title,
            Description = Member(source, "description")?.GetString(),
            Version = source.Revision.Description.Version,
            Keywords = Member(source, "keywords"),
            Metadata = Member(source, "metadata"),
            AdditionalParameters = Processes.AdditionalParameters.AsObject(Member(source, "additionalParameters")),
            JobControlOptions = JobControlOptions(source.Revision.Description),
            OutputTransmission = OutputTransmission(source),
            Mutable = source.Mutable,
            Links = LinksOf(source, links),
            Revision = source.Revision.Id,
        };
    }

    private sealed class ToDocument(ILinks links) : ITypeConverter<Process, ProcessDocument>
    {
        public ProcessDocument Convert(Process source, ProcessDocument destination, ResolutionContext context)
        {
            var summary = context.Mapper.Map<ProcessSummary>(source);
            return new()
            {
                Id = summary.Id,
                Title = summary.Title,
                Description = summary.Description,
                Version = summary.Version,
                Keywords = summary.Keywords,
                Metadata = summary.Metadata,
                AdditionalParameters = summary.AdditionalParameters,
                JobControlOptions = summary.JobControlOptions,
                OutputTransmission = summary.OutputTransmission,
                Mutable = summary.Mutable,
                Links = LinksOf(source, links),
                Revision = summary.Revision,
                Inputs = Processes.AdditionalParameters.AsObjectsIn(Member(source, "inputs") ?? Empty),
                Outputs = Processes.AdditionalParameters.AsObjectsIn(Member(source, "outputs") ?? Empty),
                Image = new(
                    source.Revision.Unit.Image,
                    JsonNamingPolicy.CamelCase.ConvertName(source.Image.ToString()),
                    source.ImageMessage),
                Others = source.Revision.Description.Document.EnumerateObject()
                    .Where(member => !Typed.Contains(member.Name))
                    .ToDictionary(member => member.Name, member => member.Value),
            };
        }
    }
}
