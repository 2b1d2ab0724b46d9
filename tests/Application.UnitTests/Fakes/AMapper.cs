using AutoMapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Retention;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>The mapper with all maps of the application, as the server has it.</summary>
internal static class AMapper
{
    public static readonly MapperConfiguration Configuration = new(
        mapper =>
        {
            mapper.AddMaps(typeof(JobMapping).Assembly);
            mapper.ConstructServicesUsing(type => Activator.CreateInstance(
                type,
                type.GetConstructors().Single().GetParameters().Single().ParameterType == typeof(ILinks)
                    ? new FakeLinks()
                    : Options.Create(new RetentionOptions { Jobs = TimeSpan.FromDays(30) }))!);
        },
        NullLoggerFactory.Instance);

    public static IMapper WithAllMaps { get; } = Configuration.CreateMapper();
}
