using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Sessions;
using OgcProcesses.WebApi.Html;

namespace OgcProcesses.WebApi.Security.Sessions;

/// <summary>Logs people in to the pages, and out. No part of the API: programs send a key or a token.</summary>
internal static class SessionEndpoints
{
    /// <summary>What page asked for the login: a path of this server.</summary>
    private const string ReturnUrl = "returnUrl";

    /// <summary>A form is some hundred characters.</summary>
    private const int MostFormBytes = 16 * 1024;

    private static readonly Uri Here = new("http://here");

    public static void MapSessions(this WebApplication app)
    {
        var security = app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value;
        if (!security.HasLogin) return;
        var sessions = app.MapGroup("").AllowAnonymous().ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(MostFormBytes));
        sessions.MapGet("/login", (RequestDelegate)(context => ShowAsync(context, AddressOf(context.Request, context.Request.Query[ReturnUrl]), isRefused: false)));
        sessions.MapPost("/logout", (RequestDelegate)LogOutAsync);
        if (security.HasIssuerLogin) sessions.MapGet("/login/issuer", (RequestDelegate)LeadToIssuerAsync);
        if (security.TakesKeys) sessions.MapPost("/login", (RequestDelegate)LogInAsync).WithMetadata(new TakesForm());
    }

    /// <summary>Where who asks for this page logs in to see it.</summary>
    public static string LoginFor(HttpRequest request) =>
        request.PathBase.Add("/login").ToUriComponent() + QueryString.Create(ReturnUrl, request.PathBase.Add(request.Path).ToUriComponent() + request.QueryString.ToUriComponent());

    /// <summary>Has who asks for this page log in first.</summary>
    public static void LeadToLogin(HttpContext context)
    {
        // Who asks for JSON is answered.
        context.Response.Headers.Append("Vary", "Accept");
        context.Response.Redirect(LoginFor(context.Request));
    }

    /// <summary>Where a browser is led after logging in: the path that is wanted, if it is one of this API, else its landing page.</summary>
    /// <remarks>Given as it was read here, and not as it was sent: browsers take backslashes, tabs and dots in their own ways.</remarks>
    private static string AddressOf(HttpRequest request, string? wanted)
    {
        var root = request.PathBase.Add("/").ToUriComponent();
        if (wanted is not ['/', ..] || !Uri.TryCreate(Here, wanted, out var address) || address.Authority != Here.Authority) return root;
        var path = address.PathAndQuery;
        return path.StartsWith(root, StringComparison.Ordinal) && !path.StartsWith("//", StringComparison.Ordinal) ? path : root;
    }

    private static Task ShowAsync(HttpContext context, string returnUrl, bool isRefused)
    {
        var security = context.RequestServices.GetRequiredService<IOptions<SecurityOptions>>().Value;
        return Page.WriteAsync(new LoginPage(returnUrl, security.TakesKeys, security.HasIssuerLogin, isRefused), context);
    }

    private static async Task LogInAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (key, returnUrl) = (form["key"].ToString().Trim(), AddressOf(context.Request, form[ReturnUrl]));
        if (await context.RequestServices.GetRequiredService<IMediator>().Send(new LogIn(key), context.RequestAborted) is { } holder)
        {
            await SessionScheme.BeginAsync(context, holder, key);
            Lead(context, returnUrl);
            return;
        }

        // RFC 9110, 15.5.4: not 401, which would ask for a header.
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await ShowAsync(context, returnUrl, isRefused: true);
    }

    private static Task LeadToIssuerAsync(HttpContext context) =>
        context.ChallengeAsync(Schemes.Issuer, new() { RedirectUri = AddressOf(context.Request, context.Request.Query[ReturnUrl]) });

    private static async Task LogOutAsync(HttpContext context)
    {
        await context.SignOutAsync(Schemes.Session);
        Lead(context, AddressOf(context.Request, null));
    }

    /// <remarks>RFC 9110, 15.4.4: whatever was sent, the page is asked for by GET.</remarks>
    private static void Lead(HttpContext context, string to)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = to;
    }
}
