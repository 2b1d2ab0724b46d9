using OgcProcesses.Application.Common;

namespace OgcProcesses.WebApi.Http;

/// <summary>The caller while the server asks nobody who they are.</summary>
internal sealed class Caller : ICaller
{
    public string Id => "anonymous";
}
