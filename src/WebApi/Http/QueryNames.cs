using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace OgcProcesses.WebApi.Http;

/// <summary>Names query parameters as the standard does (limit, processID), in the API's definition and in errors alike.</summary>
internal sealed class QueryNames : IBindingMetadataProvider, IDisplayMetadataProvider
{
    /// <inheritdoc />
    public void CreateBindingMetadata(BindingMetadataProviderContext context)
    {
        if (IsParameter(context.Key)) context.BindingMetadata.BinderModelName = JsonNamingPolicy.CamelCase.ConvertName(context.Key.Name!);
    }

    /// <inheritdoc />
    public void CreateDisplayMetadata(DisplayMetadataProviderContext context)
    {
        if (IsParameter(context.Key)) context.DisplayMetadata.DisplayName = () => JsonNamingPolicy.CamelCase.ConvertName(context.Key.Name!);
    }

    private static bool IsParameter(ModelMetadataIdentity key) =>
        key.MetadataKind == ModelMetadataKind.Property && typeof(IBaseRequest).IsAssignableFrom(key.ContainerType);
}
