using System.Text.Json.Nodes;

namespace OgcProcesses.Client;

/// <summary>One input: a value, a link, a file of this machine, or several of these.</summary>
public abstract class ProcessInput
{
    /// <summary>Makes a value of a text.</summary>
    public static implicit operator ProcessInput(string value) => Json(value);

    /// <summary>Makes a value of a number.</summary>
    public static implicit operator ProcessInput(double value) => Json(value);

    /// <summary>Makes a value of a whole number.</summary>
    public static implicit operator ProcessInput(long value) => Json(value);

    /// <summary>Makes a value of yes or no.</summary>
    public static implicit operator ProcessInput(bool value) => Json(value);

    /// <summary>Makes a value of any JSON.</summary>
    public static implicit operator ProcessInput(JsonNode? value) => Json(value);

    /// <summary>A value as it is written in JSON: a literal, an array or an object.</summary>
    public static ProcessInput Json(JsonNode? value) => new Value(value?.DeepClone());

    /// <summary>A file that the server fetches.</summary>
    /// <param name="href">Where it is found.</param>
    /// <param name="mediaType">What it is; the server goes by its address and answer when left out.</param>
    public static ProcessInput Link(Uri href, string? mediaType = null)
    {
        ArgumentNullException.ThrowIfNull(href);
        var link = new JsonObject { ["href"] = href.OriginalString };
        if (mediaType is not null) link["type"] = mediaType;
        return new Value(link);
    }

    /// <summary>A file of this machine, which is uploaded when the execution begins.</summary>
    /// <param name="path">Where it is found.</param>
    /// <param name="mediaType">What it is; told by its extension when left out.</param>
    public static ProcessInput File(string path, string? mediaType = null) => new LocalFile(path, mediaType);

    /// <summary>Several values of one input, in their order.</summary>
    public static ProcessInput Several(params IEnumerable<ProcessInput> values) => new Many([.. values]);

    /// <summary>The input as an execute request has it.</summary>
    internal abstract Task<JsonNode?> WriteAsync(OgcProcessesClient client, CancellationToken cancellationToken);

    private sealed class Value(JsonNode? value) : ProcessInput
    {
        internal override Task<JsonNode?> WriteAsync(OgcProcessesClient client, CancellationToken cancellationToken) => Task.FromResult(value?.DeepClone());
    }

    private sealed class Many(IReadOnlyList<ProcessInput> values) : ProcessInput
    {
        internal override async Task<JsonNode?> WriteAsync(OgcProcessesClient client, CancellationToken cancellationToken)
        {
            var all = new JsonArray();
            foreach (var value in values) all.Add(await value.WriteAsync(client, cancellationToken));
            return all;
        }
    }

    private sealed class LocalFile(string path, string? mediaType) : ProcessInput
    {
        internal override async Task<JsonNode?> WriteAsync(OgcProcessesClient client, CancellationToken cancellationToken)
        {
            var upload = await client.UploadAsync(path, mediaType, cancellationToken: cancellationToken);
            return new JsonObject { ["href"] = upload.Href, ["type"] = upload.Type };
        }
    }
}
