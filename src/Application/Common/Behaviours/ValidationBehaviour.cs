using FluentValidation;
using MediatR;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Application.Common.Behaviours;

/// <summary>Checks a request by all its validators before its handler sees it.</summary>
/// <remarks>A validator names a place in the body by a JSON pointer (it starts with '/'), a query parameter by its name.</remarks>
internal sealed class ValidationBehaviour<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var violations = new List<Violation>();
        foreach (var validator in validators)
        {
            var result = await validator.ValidateAsync(request, cancellationToken);
            violations.AddRange(result.Errors.Select(error => error.PropertyName.StartsWith('/')
                ? Violation.InBody(error.PropertyName, error.ErrorMessage)
                : Violation.InQuery(error.PropertyName, error.ErrorMessage)));
        }

        return violations.Count == 0 ? await next() : throw new OgcException(violations);
    }
}
