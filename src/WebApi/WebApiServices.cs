using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation.AspNetCore;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.WebApi.Callbacks;
using OgcProcesses.WebApi.Compatibility;
using OgcProcesses.WebApi.Errors;
using OgcProcesses.WebApi.Events;
using OgcProcesses.WebApi.Health;
using OgcProcesses.WebApi.Html;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.OpenApi;
using OgcProcesses.WebApi.Security;
using OgcProcesses.WebApi.Security.Sessions;

namespace OgcProcesses.WebApi;

/// <summary>Registers the web layer and puts its middleware in order.</summary>
internal static class WebApiServices
{
    public static IServiceCollection AddWebApi(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>();
        services.AddOptions<ApiOptions>()
            .BindConfiguration(ApiOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<ApiOptions>>((kestrel, api) =>
        {
            kestrel.AddServerHeader = false;
            // RFC 9112, 3.2.2: a target with a host in it counts for more than the header Host.
            kestrel.AllowHostHeaderOverride = true;
            kestrel.Limits.MaxRequestBodySize = api.Value.MaxRequestBytes;
        });
        services.AddOptions<EventOptions>()
            .BindConfiguration(EventOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<OpenStreams>();
        services.AddRequestLimits();
        services.AddProxyHeaders();
        services.AddCrossOrigin();
        services.AddHttpContextAccessor();
        services.AddSingleton<ILinks, RequestLinks>();
        services.AddSecurity();
        services.AddSingleton<IShutdown, Shutdown>();
        services.AddSingleton<ICallbackContent, CallbackContent>();
        // Before MVC's own writer, which would be asked first and write nothing.
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddControllersWithViews(mvc =>
            {
                // Before that of JSON, which would read application/cwl+json.
                mvc.InputFormatters.Insert(0, new CwlInputFormatter());
                mvc.ModelBinderProviders.Insert(0, new IdBinder.Provider());
                mvc.ModelMetadataDetailsProviders.Add(new QueryNames());
                // Before whoever looks at the body, after which its size is settled.
                mvc.Filters.Add<PackageSize>();
                mvc.Filters.Add(new UntypedBody());
                mvc.Filters.Add(new Pages());
                mvc.Filters.Add(new NotModified());
                mvc.Filters.Add(new LinkHeaders());
                mvc.SuppressAsyncSuffixInActionNames = false;
            })
            .AddJsonOptions(json => Configure(json.JsonSerializerOptions))
            .ConfigureApiBehaviorOptions(api =>
            {
                api.InvalidModelStateResponseFactory = InvalidBody.Refuse;
                api.SuppressMapClientErrors = true;
            });
        services.AddOptions<JsonOptions>().Configure<IOptions<LimitOptions>>((json, limits) => json.JsonSerializerOptions.MaxDepth = limits.Value.MaxJsonDepth);
        services.AddPages();
        services.AddCompatibility();
        // The same validators that MediatR runs: what binding finds wrong in a query and what they do are told together.
        services.AddFluentValidationAutoValidation(validation => validation.DisableDataAnnotationsValidation = true);
        services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        services.AddProblemDetails();
        services.AddExceptionHandler<OgcExceptionHandler>();
        services.AddApiDefinition();
        services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database")
            .AddCheck<EngineCheck>("engine")
            .AddCheck<DiskCheck>("disk")
            .AddCheck<OutputsCheck>("outputs");
        return services;
    }

    public static void UseWebApi(this WebApplication app)
    {
        app.UseAnswerHeaders();
        app.UseProxyHeaders();
        app.UseRequestPath();
        app.UseCrossOrigin();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseOwnMachine();
        app.UseForeignPages();
        app.UseAllowedMethods();
        app.UsePageAssets();
        app.UseRoutingWithHead();
        app.UseRateLimiter();
        app.UsePrivateAnswers();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UsePageTokens();
        app.UseApiPage();
        app.UseApiDefinition();
        app.MapControllers();
        app.MapHealth();
        app.MapCompatibility();
        app.MapSessions();
    }

    private static void Configure(JsonSerializerOptions json)
    {
        json.AllowDuplicateProperties = false;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
    }
}
