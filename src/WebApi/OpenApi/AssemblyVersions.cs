using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Lets NSwag run on the NJsonSchema.NewtonsoftJson that is pinned, a patch version below the one it was built with.</summary>
internal static class AssemblyVersions
{
    private const string Lower = "NJsonSchema.NewtonsoftJson";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The one place that is surely passed before NSwag's first type is loaded.")]
    internal static void Accept() => AssemblyLoadContext.Default.Resolving += (context, wanted) =>
        // Without a version, so that the one at hand is taken.
        wanted.Name == Lower && wanted.Version is not null ? context.LoadFromAssemblyName(new AssemblyName(Lower)) : null;
}
