using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.Application.Conformance;

/// <summary>Tells what this API is and where to go from here.</summary>
/// <remarks>/req/core/landingpage-op</remarks>
[OpenToAll]
public sealed record GetLandingPage : IRequest<LandingPage>;

/// <summary>The API's entry.</summary>
/// <remarks>Part 1, landingPage.yaml.</remarks>
/// <param name="Title">The API's name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Links">Where to go from here.</param>
public sealed record LandingPage(string Title, string Description, IReadOnlyList<Link> Links);

internal sealed class GetLandingPageHandler(ILinks links) : RequestHandler<GetLandingPage, LandingPage>
{
    protected override LandingPage Handle(GetLandingPage request) => new(
        "OgcProcesses",
        "Runs Earth-science algorithms, packed as container images, by the standard OGC API - Processes.",
        [
            .. links.ToItself("", "This document"),
            To("api", "service-desc", "application/vnd.oai.openapi+json;version=3.0", "The API's definition for machines"),
            To("api", "service-doc", OgcNames.Html, "The API's definition for people") with { Href = links.Url("api") + "?f=html" },
            To("conformance", OgcNames.Conformance, OgcNames.Json, "Conformance classes"),
            To("processes", OgcNames.Processes, OgcNames.Json, "The processes"),
            To("jobs", OgcNames.JobList, OgcNames.Json, "The jobs"),
        ]);

    private Link To(string path, string rel, string type, string title) =>
        new() { Href = links.Url(path), Rel = rel, Type = type, Title = title };
}
