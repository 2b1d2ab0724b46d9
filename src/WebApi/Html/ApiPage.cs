namespace OgcProcesses.WebApi.Html;

/// <summary>The API's definition for people, which a script makes of the one for programs.</summary>
/// <remarks>/req/oas30/oas-definition-1</remarks>
internal sealed record ApiPage;
