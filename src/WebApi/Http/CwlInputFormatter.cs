using Microsoft.AspNetCore.Mvc.Formatters;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes.Cwl;
using OgcProcesses.Application.Processes.Deploy;

namespace OgcProcesses.WebApi.Http;

/// <summary>Takes CWL in the place of a package as it is, character by character.</summary>
/// <remarks>/req/cwl/deploy-body, /req/cwl/replace-body</remarks>
internal sealed class CwlInputFormatter : InputFormatter
{
    public CwlInputFormatter()
    {
        foreach (var mediaType in CwlText.MediaTypes) SupportedMediaTypes.Add(mediaType);
    }

    /// <inheritdoc />
    public override async Task<InputFormatterResult> ReadRequestBodyAsync(InputFormatterContext context)
    {
        var request = context.HttpContext.Request;
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        // One byte too many tells that there are too many.
        while (content.Length <= CwlText.MostBytes && await request.Body.ReadAsync(buffer, context.HttpContext.RequestAborted) is var read and > 0)
            await content.WriteAsync(buffer.AsMemory(0, read));
        try
        {
            var mediaType = CwlText.MediaTypes.First(known => request.ContentType!.Split(';')[0].Trim().Equals(known, StringComparison.OrdinalIgnoreCase));
            return await InputFormatterResult.SuccessAsync(new ApplicationPackage { Cwl = CwlText.Read(mediaType, content.ToArray()) });
        }
        catch (FormatException wrong)
        {
            throw new OgcException([Violation.InBody("", wrong.Message)]);
        }
    }

    /// <inheritdoc />
    protected override bool CanReadType(Type type) => type == typeof(ApplicationPackage);
}
