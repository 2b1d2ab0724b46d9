using Microsoft.AspNetCore.Mvc.ModelBinding;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.WebApi.Http;

/// <summary>Reads identifiers from paths and queries; text that can't be one names nothing, so it is a 404 like any unknown one.</summary>
internal sealed class IdBinder : IModelBinder
{
    /// <inheritdoc />
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        // In a query an identifier may be left out.
        if (bindingContext.ValueProvider.GetValue(bindingContext.ModelName) is not { Length: > 0 } values) return Task.CompletedTask;
        var text = values.FirstValue;
        bindingContext.Result = ModelBindingResult.Success(
            bindingContext.ModelMetadata.UnderlyingOrModelType == typeof(JobId) ? (object)Job(text) : Process(text));
        return Task.CompletedTask;
    }

    private static JobId Job(string? text) =>
        JobId.TryParse(text, out var id) ? id : throw new OgcException(OgcError.NoSuchJob, $"There is no job '{text}'.");

    private static ProcessId Process(string? text) =>
        ProcessId.TryParse(text, out var id) ? id : throw new OgcException(OgcError.NoSuchProcess, $"There is no process '{text}'.");

    /// <summary>Chooses the binder for the two types.</summary>
    internal sealed class Provider : IModelBinderProvider
    {
        /// <inheritdoc />
        public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
            context.Metadata.UnderlyingOrModelType == typeof(JobId) || context.Metadata.UnderlyingOrModelType == typeof(ProcessId) ? new IdBinder() : null;
    }
}
