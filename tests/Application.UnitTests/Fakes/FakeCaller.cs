using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.UnitTests.Fakes;

internal sealed class FakeCaller(Caller caller) : ICaller
{
    public FakeCaller(string id)
        : this(new Caller(id, Role.Deployer))
    {
    }

    public Caller Current => caller;

    public IDisposable ActFor(Caller other) => throw new NotSupportedException();
}
