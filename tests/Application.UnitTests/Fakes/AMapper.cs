using AutoMapper;
using Microsoft.Extensions.Logging.Abstractions;
using OgcProcesses.Application.Jobs;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>The mapper with all maps of the application, as the server has it.</summary>
internal static class AMapper
{
    public static readonly MapperConfiguration Configuration = new(
        mapper =>
        {
            mapper.AddMaps(typeof(JobMapping).Assembly);
            mapper.ConstructServicesUsing(type => Activator.CreateInstance(type, new FakeLinks())!);
        },
        NullLoggerFactory.Instance);

    public static IMapper WithAllMaps { get; } = Configuration.CreateMapper();
}
