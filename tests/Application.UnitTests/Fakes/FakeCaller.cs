using OgcProcesses.Application.Common;

namespace OgcProcesses.Application.UnitTests.Fakes;

internal sealed class FakeCaller(string id) : ICaller
{
    public string Id => id;
}
