using System.Reflection;
using System.Runtime.CompilerServices;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.Architecture.Tests;

/// <summary>What the style asks of the code itself, as far as reflection sees it.</summary>
internal sealed class CodeTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] WhatControllersNeed = [typeof(IMediator), typeof(ILinks), typeof(Definitions)];

    private static readonly List<Type> Controllers =
        [.. Layers.TypesOf(Layers.WebApi).Where(type => type.IsAssignableTo(typeof(ControllerBase)))];

    [Test]
    public void Controllers_AreSealed()
    {
        Assert.That(Controllers, Is.Not.Empty);
        Assert.That(Controllers.Where(type => !type.IsSealed), Is.Empty);
    }

    [Test]
    public void Controllers_NeedOnlyTheMediatorAndLinks() =>
        Assert.That(
            Controllers.SelectMany(type => type.GetConstructors()).SelectMany(constructor => constructor.GetParameters())
                .Select(parameter => parameter.ParameterType).Except(WhatControllersNeed),
            Is.Empty);

    [Test]
    public void Controllers_CatchNothing() => Assert.That(Controllers.SelectMany(CatchingMethods), Is.Empty);

    [Test]
    public void Domain_ChangesItsStateOnlyByNamedMoves() =>
        Assert.That(
            Layers.TypesOf(Layers.Domain).SelectMany(type => type.GetProperties(Declared))
                .Where(property => property.SetMethod is { IsPublic: true } set && !IsInit(set))
                .Select(property => $"{property.DeclaringType}.{property.Name}"),
            Is.Empty);

    [Test]
    public void CancellationTokens_ComeLast() =>
        Assert.That(
            Layers.TypesOf(Layers.Application, Layers.Infrastructure)
                .SelectMany(type => type.GetMethods(Declared))
                .Where(method => !method.IsVirtual || method.IsAbstract || method.IsFinal)
                .Where(method => method.GetParameters() is { Length: > 0 } parameters && method.Name[0] != '<'
                    && parameters.Any(IsToken) && !IsToken(parameters[^1]) && !IsPipelineStep(method))
                .Select(method => $"{method.DeclaringType}.{method.Name}"),
            Is.Empty);

    [Test]
    public void AsyncMethods_AreWaitedFor() =>
        Assert.That(
            Layers.TypesOf(Layers.Domain, Layers.Application).SelectMany(type => type.GetMethods(Declared))
                .Where(method => method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
                .Select(method => $"{method.DeclaringType}.{method.Name}"),
            Is.Empty, "async void has nobody who waits for it");

    private static bool IsToken(ParameterInfo parameter) => parameter.ParameterType == typeof(CancellationToken);

    /// <summary>MediatR puts 'next' behind the token.</summary>
    private static bool IsPipelineStep(MethodInfo method) =>
        method.GetParameters()[^1].ParameterType is { IsGenericType: true } last && last.GetGenericTypeDefinition() == typeof(RequestHandlerDelegate<>);

    private static bool IsInit(MethodInfo set) => set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    /// <summary>An asynchronous method has one catch clause of the compiler's own, which hands the exception to its task.</summary>
    private static IEnumerable<string> CatchingMethods(Type type)
    {
        foreach (var method in type.GetMethods(Declared))
        {
            var allowed = type.IsAssignableTo(typeof(IAsyncStateMachine)) && method.Name == "MoveNext" ? 1 : 0;
            var caught = method.GetMethodBody()?.ExceptionHandlingClauses
                .Count(clause => clause.Flags is ExceptionHandlingClauseOptions.Clause or ExceptionHandlingClauseOptions.Filter) ?? 0;
            if (caught > allowed) yield return $"{type}.{method.Name}";
        }

        foreach (var inner in type.GetNestedTypes(Declared).SelectMany(CatchingMethods)) yield return inner;
    }
}
