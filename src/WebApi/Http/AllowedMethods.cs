using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace OgcProcesses.WebApi.Http;

/// <summary>Tells the methods of every route: to OPTIONS with 204, to a method that it does not have with 405.</summary>
/// <remarks>
/// RFC 9110, 9.3.7 and 10.2.1. Routing gives up on a method before it looks at constraints, so that a path that no route has
/// may come out as one without the method; here it is looked at again.
/// </remarks>
internal static class AllowedMethods
{
    public static void UseAllowedMethods(this WebApplication app)
    {
        var endpoints = app.Services.GetRequiredService<EndpointDataSource>();
        var policies = app.Services.GetRequiredService<ParameterPolicyFactory>();
        app.Use(async (context, next) =>
        {
            await next(context);
            var response = context.Response;
            if (response.StatusCode != StatusCodes.Status405MethodNotAllowed || response.HasStarted) return;
            var methods = endpoints.Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => Matches(endpoint.RoutePattern, policies, context))
                .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .SelectMany(method => HttpMethods.IsGet(method) ? [method, HttpMethods.Head] : (string[])[method])
                .ToHashSet();
            response.Headers.Remove("Allow");
            if (methods.Count > 0) response.Headers.Allow = string.Join(", ", methods.Append(HttpMethods.Options).Order(StringComparer.Ordinal));
            response.StatusCode = methods.Count == 0 ? StatusCodes.Status404NotFound
                : HttpMethods.IsOptions(context.Request.Method) ? StatusCodes.Status204NoContent : response.StatusCode;
        });
    }

    private static bool Matches(RoutePattern route, ParameterPolicyFactory policies, HttpContext context)
    {
        var values = new RouteValueDictionary();
        return new TemplateMatcher(new RouteTemplate(route), []).TryMatch(context.Request.Path, values)
            && route.ParameterPolicies.All(parameter => parameter.Value
                .Select(policy => policies.Create(route.GetParameter(parameter.Key), policy)).OfType<IRouteConstraint>()
                .All(constraint => constraint.Match(context, null, parameter.Key, values, RouteDirection.IncomingRequest)));
    }
}
