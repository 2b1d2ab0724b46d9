using MediatR;
using OgcProcesses.Application.Common.Access;

namespace OgcProcesses.Application.Conformance;

/// <summary>Lists the conformance classes that the server fulfils.</summary>
/// <remarks>/req/core/conformance-op</remarks>
[OpenToAll]
public sealed record GetConformance : IRequest<ConfClasses>;

/// <summary>A conformance declaration.</summary>
/// <remarks>Part 1, confClasses.yaml.</remarks>
/// <param name="ConformsTo">URIs of conformance classes.</param>
public sealed record ConfClasses(IReadOnlyList<string> ConformsTo);

internal sealed class GetConformanceHandler : RequestHandler<GetConformance, ConfClasses>
{
    private static readonly ConfClasses Declared = new(
    [
        "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
        "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
        "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
        "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/ogc-process-description",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/html",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/oas30",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/job-list",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/callback",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/dismiss",
        "http://www.opengis.net/spec/ogcapi-processes-2/1.0/conf/deploy-replace-undeploy",
        "http://www.opengis.net/spec/ogcapi-processes-2/1.0/conf/ogcapppkg",
        "http://www.opengis.net/spec/ogcapi-processes-2/1.0/conf/docker",
        "http://www.opengis.net/spec/ogcapi-processes-2/1.0/conf/cwl",
    ]);

    protected override ConfClasses Handle(GetConformance request) => Declared;
}
