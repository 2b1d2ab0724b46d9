using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace OgcProcesses.WebApi.Http;

/// <summary>Which pages of other origins may use the API from a browser. Section <c>Cors</c>.</summary>
public sealed class CrossOriginOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Cors";

    /// <summary>Origins such as <c>https://maps.example.org</c>, or <c>*</c> for any; none closes the API to all of them.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Methods that they may use; all that the API has when left out.</summary>
    public IReadOnlyList<string> AllowedMethods { get; init; } = [];

    /// <summary>Request headers that they may set; any when left out.</summary>
    public IReadOnlyList<string> AllowedHeaders { get; init; } = [];

    /// <summary>How long a browser may remember what it was allowed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>Stops the start when an origin could never be one that a browser sends.</summary>
internal sealed class CrossOriginOptionsValidator : IValidateOptions<CrossOriginOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, CrossOriginOptions options)
    {
        var wrong = options.AllowedOrigins.Where(origin => origin != "*" && !IsOrigin(origin)).ToList();
        return wrong.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(wrong.Select(origin =>
                $"Cors:AllowedOrigins holds '{origin}', which is neither '*' nor an origin such as https://maps.example.org."));
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && text.Equals(uri.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}

/// <summary>Answers browsers that ask whether a page of another origin may use the API.</summary>
internal static class CrossOrigin
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete];

    /// <summary>Response headers that a page may read besides those that every page may.</summary>
    private static readonly string[] Exposed =
    [
        "Location", "Content-Location", "Link", "Preference-Applied", "ETag", "Allow", "Content-Disposition", "Retry-After", "Age",
        UploadHeaders.Offset, UploadHeaders.Complete, UploadHeaders.Length, UploadHeaders.Limit,
    ];

    public static IServiceCollection AddCrossOrigin(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<CrossOriginOptions>, CrossOriginOptionsValidator>();
        services.AddOptions<CrossOriginOptions>()
            .BindConfiguration(CrossOriginOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<CrossOriginOptions>>((cors, options) =>
        {
            if (options.Value is { AllowedOrigins.Count: > 0 } allowed) cors.AddDefaultPolicy(policy => Configure(policy, allowed));
        });
        return services;
    }

    public static void UseCrossOrigin(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<IOptions<CrossOriginOptions>>().Value.AllowedOrigins;
        if (origins.Count > 0 && !origins.Contains("*")) app.Use(VaryAsync);
        app.UseCors();
    }

    private static void Configure(CorsPolicyBuilder policy, CrossOriginOptions allowed)
    {
        policy.WithOrigins([.. allowed.AllowedOrigins])
            .WithMethods(allowed.AllowedMethods.Count > 0 ? [.. allowed.AllowedMethods] : Methods)
            .WithExposedHeaders(Exposed)
            .SetPreflightMaxAge(allowed.MaxAge);
        if (allowed.AllowedHeaders.Count > 0) policy.WithHeaders([.. allowed.AllowedHeaders]);
        else policy.AllowAnyHeader();
    }

    /// <remarks>The framework says so only to origins that are allowed, and a cache would give their answers to others, too.</remarks>
    private static Task VaryAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            var vary = context.Response.Headers.Vary;
            if (!vary.ToString().Contains("Origin", StringComparison.OrdinalIgnoreCase)) context.Response.Headers.Append("Vary", "Origin");
            return Task.CompletedTask;
        });
        return next(context);
    }
}
