using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using NSwag;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.WebApi.Security;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Tells the ways in which callers may say who they are, and what role each operation asks of them.</summary>
/// <remarks>OpenAPI 3.0.3, 4.8.27 and 4.8.30. A server that is open to all has nothing to tell.</remarks>
internal sealed class AccessSchemes(SecurityOptions security) : IDocumentProcessor, IOperationProcessor
{
    /// <summary>The least role: <c>reader</c>, <c>executor</c>, <c>deployer</c> or <c>admin</c>.</summary>
    public const string RequiredRole = "x-required-role";

    private readonly Dictionary<string, OpenApiSecurityScheme> _schemes = SchemesOf(security);

    /// <inheritdoc />
    public void Process(DocumentProcessorContext context)
    {
        foreach (var (name, scheme) in _schemes) context.Document.SecurityDefinitions[name] = scheme;
    }

    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        var action = context.MethodInfo;
        if (_schemes.Count == 0 || action.DeclaringType!.IsDefined(typeof(AllowAnonymousAttribute))) return true;
        var operation = context.OperationDescription.Operation;
        // Any one of them will do.
        operation.Security = [.. _schemes.Keys.Select(name => new OpenApiSecurityRequirement { [name] = [] })];
        if (RequestOf(action)?.GetCustomAttribute<RequiresAttribute>() is { Role: var role })
            (operation.ExtensionData ??= new Dictionary<string, object?>())[RequiredRole] = role.ToString().ToLowerInvariant();
        return true;
    }

    private static Type? RequestOf(MethodInfo action) => action.GetCustomAttribute<MakesAttribute>()?.Request
        ?? action.GetParameters().Select(parameter => parameter.ParameterType).SingleOrDefault(type => type.IsDefined(typeof(RequiresAttribute)));

    private static Dictionary<string, OpenApiSecurityScheme> SchemesOf(SecurityOptions security)
    {
        var schemes = new Dictionary<string, OpenApiSecurityScheme>();
        if (security.Mode.HasFlag(SecurityMode.ApiKeys))
        {
            schemes["apiKey"] = new() { Type = OpenApiSecuritySchemeType.ApiKey, In = OpenApiSecurityApiKeyLocation.Header, Name = "X-API-Key", Description = "A key of this server." };
            schemes["apiKeyAsBearer"] = new() { Type = OpenApiSecuritySchemeType.Http, Scheme = "bearer", Description = "A key of this server, in the header Authorization." };
        }

        if (security.TakesTokens)
        {
            var discovery = $"{security.OpenIdConnect.Authority!.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration";
            schemes["openIdConnect"] = new() { Type = OpenApiSecuritySchemeType.OpenIdConnect, OpenIdConnectUrl = discovery, Description = "Whoever the issuer knows." };
            schemes["accessToken"] = new() { Type = OpenApiSecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "An access token of the issuer." };
        }

        return schemes;
    }
}
