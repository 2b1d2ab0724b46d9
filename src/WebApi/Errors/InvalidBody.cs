using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.WebApi.Errors;

/// <summary>Turns what MVC could not bind into the same error that validators give.</summary>
internal static partial class InvalidBody
{
    [GeneratedRegex(@"\.(?<name>[^.\[]+)|\['(?<name>[^']+)'\]|\[(?<name>\d+)\]")]
    private static partial Regex PathStep { get; }

    [GeneratedRegex(@"\s*Path: .*\z")]
    private static partial Regex Position { get; }

    [GeneratedRegex(@"maximum configured depth of (?<most>\d+)")]
    private static partial Regex Depth { get; }

    /// <summary>Throws the error; has the form that MVC asks for.</summary>
    public static IActionResult Refuse(ActionContext context) =>
        throw new OgcException([.. context.ModelState.SelectMany(entry => entry.Value!.Errors.Select(error => Violation(entry.Key, error)))]);

    private static Violation Violation(string key, ModelError error) => key is "" or ['$', ..]
        ? Application.Common.Errors.Violation.InBody(PointerOf(key), Sentence(error.ErrorMessage))
        : key is "package" or "request"
            ? Application.Common.Errors.Violation.InBody("", "a JSON body is required")
            : Application.Common.Errors.Violation.InQuery(key, error.ErrorMessage);

    /// <summary>The place that System.Text.Json names by a JSON path.</summary>
    private static string PointerOf(string path) =>
        string.Concat(PathStep.Matches(path).Select(step => "/" + JsonPointer.Escape(step.Groups["name"].Value)));

    /// <remarks>The reader's own words name .NET types, which mean nothing to a client.</remarks>
    private static string Sentence(string message) => message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
        ? "has the wrong JSON type"
        : Depth.Match(message) is { Success: true } depth
        ? $"is nested more than {depth.Groups["most"].Value} levels deep, which is the most that is read (Limits:MaxJsonDepth)"
        : $"is not JSON: {Position.Replace(message, "")}";
}
