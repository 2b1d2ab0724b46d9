using System.Reflection;
using AutoMapper;
using AutoMapper.Internal;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.Logging.Abstractions;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Architecture.Tests;

/// <summary>A use case is a request and its one handler.</summary>
internal sealed class UseCaseTests
{
    private static readonly List<Type> Types = [.. Layers.TypesOf(Layers.Application)];

    private static readonly List<Type> Requests = [.. Types.Where(type => !type.IsInterface && ArgumentsOf(type, typeof(IRequest<>)).Any())];

    private static readonly List<Type> Handlers = [.. Types.Where(type => ArgumentsOf(type, typeof(IRequestHandler<,>)).Any())];

    [Test]
    public void Requests_AndHandlers_AreFoundAtAll() => Assert.That((Requests.Count, Handlers.Count), Is.GreaterThan((10, 10)));

    [TestCaseSource(nameof(Requests))]
    public void Request_HasExactlyOneHandler_BesideIt(Type request)
    {
        var handlers = Handlers.Where(handler => ArgumentsOf(handler, typeof(IRequestHandler<,>)).Any(arguments => arguments[0] == request)).ToList();
        Assert.That(handlers, Has.Count.EqualTo(1));
        Assert.That((handlers[0].Namespace, handlers[0].Name), Is.EqualTo((request.Namespace, request.Name + "Handler")));
    }

    /// <remarks>The behaviour refuses one that declares nothing, but only once somebody makes it.</remarks>
    [TestCaseSource(nameof(Requests))]
    public void Request_DeclaresWhoMayMakeIt(Type request) =>
        Assert.That(request.IsDefined(typeof(RequiresAttribute), false) != request.IsDefined(typeof(OpenToAllAttribute), false), "[Requires(Role.…)] or [OpenToAll]");

    /// <remarks>Who may do more than read can change something.</remarks>
    [TestCaseSource(nameof(Requests))]
    public void Request_ForMoreThanReaders_DeclaresWhatItIsInTheAuditTrail(Type request)
    {
        var isAudited = request.GetCustomAttribute<AuditedAttribute>() is not null;
        if (request.GetCustomAttribute<RequiresAttribute>()?.Role > Role.Reader)
            Assert.That(isAudited != request.IsDefined(typeof(UnauditedAttribute), false), "[Audited(\"…\")] or [Unaudited(\"why\")]");
    }

    /// <remarks>The behaviour finds them by their names.</remarks>
    [TestCaseSource(nameof(Requests))]
    public void Request_ThatIsAudited_HasThePropertiesItNames(Type request)
    {
        if (request.GetCustomAttribute<AuditedAttribute>() is not { } audited) return;
        var answer = ArgumentsOf(request, typeof(IRequest<>)).Single()[0];
        if (audited.Subject is { } subject) Assert.That(request.GetProperty(subject) ?? answer.GetProperty(subject), Is.Not.Null);
        if (audited.Unless is { } unless) Assert.That(request.GetProperty(unless)?.PropertyType, Is.EqualTo(typeof(bool)));
    }

    /// <remarks>The behaviour finds what a request names by the type of its properties.</remarks>
    [TestCaseSource(nameof(Requests))]
    public void Request_ThatNamesJobsOrProcesses_NamesOne(Type request)
    {
        var named = request.GetProperties().Select(property => property.PropertyType)
            .Where(type => type.ToString().Contains(typeof(JobId).FullName!, StringComparison.Ordinal) || type.ToString().Contains(typeof(ProcessId).FullName!, StringComparison.Ordinal))
            .ToList();
        Assert.That(named, Is.Unique);
        Assert.That(named, Is.SubsetOf((Type[])[typeof(JobId), typeof(ProcessId)]));
    }

    /// <remarks>A reader's requests look at a process; what needs more than that does more with it.</remarks>
    [TestCaseSource(nameof(Requests))]
    public void Request_ThatNamesAProcess_DeclaresWhatItDoesWithIt(Type request)
    {
        if (request.GetCustomAttribute<RequiresAttribute>() is not { } requires) return;
        var names = request.GetProperties().Any(property => property.PropertyType == typeof(ProcessId));
        var expected = (names, requires.Role) switch
        {
            (true, Role.Executor) => ProcessUse.Execute,
            (true, Role.Deployer or Role.Admin) => ProcessUse.Change,
            _ => ProcessUse.Look,
        };
        Assert.That(requires.ProcessUse, Is.EqualTo(expected));
    }

    [Test]
    public void Requests_AreSealedRecords() =>
        Assert.That(Requests.Where(type => !type.IsSealed || type.GetMethod("<Clone>$") is null), Is.Empty);

    [Test]
    public void Handlers_AreInternalAndSealed() => Assert.That(Handlers.Where(type => type.IsVisible || !type.IsSealed), Is.Empty);

    [Test]
    public void ValidatorsAndMaps_AreInternalAndSealed() =>
        Assert.That(
            Types.Where(type => type.IsAssignableTo(typeof(IValidator)) || type.IsAssignableTo(typeof(Profile)))
                .Where(type => type.IsVisible || !type.IsSealed),
            Is.Empty);

    [Test]
    public void Maps_GoOutward_FromDomainToTheSchemasTypes()
    {
        var maps = new MapperConfiguration(mapper => mapper.AddMaps(Layers.Application), NullLoggerFactory.Instance).Internal().GetAllTypeMaps();
        Assert.That(maps, Is.Not.Empty);
        Assert.That(maps.Where(map => map.SourceType.Assembly != Layers.Domain || map.DestinationType.Assembly == Layers.Domain), Is.Empty);
    }

    private static IEnumerable<Type[]> ArgumentsOf(Type type, Type definition) => type.IsAbstract ? [] : type.GetInterfaces()
        .Where(one => one.IsGenericType && one.GetGenericTypeDefinition() == definition).Select(one => one.GetGenericArguments());
}
