using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Processes.Cwl;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Tells the media types of bodies where they are not just JSON: packages, and outputs by themselves.</summary>
/// <remarks>/req/oas30/completeness; /req/ogcapppkg/body</remarks>
internal sealed class BodyMediaTypes : IOperationProcessor
{
    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        var operation = context.OperationDescription.Operation;
        if (context.MethodInfo.IsDefined(typeof(PackageMediaTypeAttribute)))
            OfferPackages(operation.RequestBody.Content);
        if (context.MethodInfo.GetCustomAttribute<StreamedBodyAttribute>() is { } streamed)
            operation.RequestBody = new() { IsRequired = true, Description = streamed.Description, Content = { [streamed.MediaType] = Bytes() } };
        else if (context.MethodInfo.IsDefined(typeof(HttpPatchAttribute))) Offer(operation.RequestBody.Content, [OgcNames.MergePatch, OgcNames.Json]);
        if (!operation.Responses.TryGetValue("200", out var success)) return true;
        if (context.MethodInfo.GetCustomAttribute<ProducesAttribute>() is { } produces) Offer(success.Content, produces.ContentTypes);
        foreach (var mediaType in context.MethodInfo.GetCustomAttribute<BareAnswerAttribute>()?.MediaTypes ?? [])
        {
            success.Content[mediaType] = Bytes();
            if (operation.Responses.TryGetValue("206", out var part)) part.Content[mediaType] = Bytes();
        }

        return true;
    }

    private static OpenApiMediaType Bytes() => new() { Schema = new() { Type = JsonObjectType.String, Format = JsonFormatStrings.Binary } };

    private static void OfferPackages(IDictionary<string, OpenApiMediaType> content)
    {
        Offer(content, [OgcNames.Package, OgcNames.Json]);
        foreach (var mediaType in CwlText.MediaTypes)
            content[mediaType] = new() { Schema = new() { Type = mediaType == CwlText.Json ? JsonObjectType.Object : JsonObjectType.String } };
    }

    /// <summary>Puts what there is under other media types.</summary>
    private static void Offer(IDictionary<string, OpenApiMediaType> content, IReadOnlyList<string> mediaTypes)
    {
        var schema = content.Values.First().Schema;
        content.Clear();
        foreach (var mediaType in mediaTypes) content[mediaType] = new() { Schema = schema };
    }
}
