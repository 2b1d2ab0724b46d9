using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Client;

namespace OgcProcesses.Cli;

/// <summary>Shows a job as it goes on, and what it gave.</summary>
internal static class Watch
{
    /// <summary>Shows progress and log, to the end.</summary>
    public static async Task ToTheEndAsync(Job job, CancellationToken cancellationToken)
    {
        var progress = new ProgressLine();
        try
        {
            await foreach (var happened in job.FollowAsync(cancellationToken: cancellationToken))
            {
                switch (happened)
                {
                    case StatusEvent { Status: var status }:
                        progress.Show(status.Progress, status.Message);
                        break;
                    case ProgressEvent { Percent: var percent, Message: var message }:
                        progress.Show(percent, message);
                        break;
                    case LogEvent { Text: var text }:
                        progress.Tell(text);
                        break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            progress.End();
            Terminal.Tell($"The job goes on. Come back to it: ogcp logs -f {job.Id}; or stop it: ogcp dismiss {job.Id}");
            throw;
        }

        progress.End();
    }

    /// <summary>Writes the results, or why there are none.</summary>
    public static async Task<int> GiveResultsAsync(Job job, string? folder, bool asJson, CancellationToken cancellationToken)
    {
        var results = await job.GetResultsAsync(cancellationToken);
        if (folder is not null)
        {
            var files = await results.SaveAsync(folder, cancellationToken);
            if (asJson) Terminal.WriteJson(files.Select(file => file.FullName));
            else foreach (var file in files) Console.Out.WriteLine(Path.Combine(folder, file.Name));
        }
        else if (asJson)
        {
            Terminal.WriteJson(results.Document);
        }
        else
        {
            foreach (var (id, value) in results.Document) Console.Out.WriteLine(Terminal.Printable($"{id}: {TextOf(value)}"));
        }

        return ExitCodes.Success;
    }

    /// <summary>A file by its link, a text as it is, anything else as JSON.</summary>
    private static string TextOf(JsonNode? value) => value switch
    {
        JsonObject link when link["href"] is JsonValue href => href.GetValue<string>(),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        _ => value?.ToJsonString(Terminal.JsonLine) ?? "null",
    };
}
