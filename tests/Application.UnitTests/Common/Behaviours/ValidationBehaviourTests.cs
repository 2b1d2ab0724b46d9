using FluentValidation;
using FluentValidation.Results;
using MediatR;
using OgcProcesses.Application.Common.Behaviours;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Application.UnitTests.Common.Behaviours;

internal sealed class ValidationBehaviourTests
{
    [Test]
    public async Task Handle_WithoutViolation_GoesOn() =>
        Assert.That(await HandleAsync(new Rule(), new Rule()), Is.EqualTo("handled"));

    [Test]
    public void Handle_WithViolations_TellsThoseOfAllValidatorsAtOnce()
    {
        var refusal = Assert.ThrowsAsync<OgcException>(() => HandleAsync(new Rule("/inputs/a"), new Rule("limit", "/id")));
        Assert.That(
            refusal!.Violations.Select(violation => (violation.Pointer, violation.Parameter)),
            Is.EquivalentTo(new (string?, string?)[] { ("/inputs/a", null), (null, "limit"), ("/id", null) }));
    }

    private static Task<string> HandleAsync(params IValidator<Ask>[] validators) =>
        new ValidationBehaviour<Ask, string>(validators).Handle(new(), CancellationToken.None, () => Task.FromResult("handled"));

    public sealed record Ask : IRequest<string>;

    private sealed class Rule : AbstractValidator<Ask>
    {
        public Rule(params string[] places) => RuleFor(ask => ask).Custom((_, context) =>
        {
            foreach (var place in places) context.AddFailure(new ValidationFailure(place, "is wrong"));
        });
    }
}
