#:property PublishAot=false

// The demonstration of run.sh: deploys a package, executes it on a scene, watches the job, shows what came out.
//
//   demo BASE-URL PACKAGE SCENE-URL OUTPUT-FOLDER
//
// Plain HTTP on purpose: these are the requests any client has to make.

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

if (args is not [var baseUrl, var package, var scene, var folder])
{
    Console.Error.WriteLine("Usage: demo BASE-URL PACKAGE SCENE-URL OUTPUT-FOLDER");
    return 2;
}

using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
try
{
    await DeployAsync();
    return await ExecuteAsync() ? 0 : 1;
}
catch (Exception failure) when (failure is HttpRequestException or TimeoutException or TaskCanceledException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

async Task DeployAsync()
{
    var document = await File.ReadAllTextAsync(package);
    using var parsed = JsonDocument.Parse(document);
    var id = parsed.RootElement.GetProperty("processDescription").GetProperty("process").GetProperty("id").GetString();
    StringContent Body() => new(document, Encoding.UTF8, "application/ogcapppkg+json");

    using var deployed = await http.PostAsync(new Uri($"{baseUrl}/processes"), Body());
    if (deployed.StatusCode != HttpStatusCode.Conflict)
    {
        await SucceededAsync(deployed);
        Console.WriteLine($"Deployed the process {id}");
        return;
    }

    // A second run on the same data finds the process of the first.
    using var replaced = await http.PutAsync(new Uri($"{baseUrl}/processes/{id}"), Body());
    await SucceededAsync(replaced);
    Console.WriteLine($"Replaced the process {id}");
}

async Task<bool> ExecuteAsync()
{
    using var request = new HttpRequestMessage(HttpMethod.Post, $"{baseUrl}/processes/ndvi/execution");
    request.Headers.Add("Prefer", "respond-async");
    request.Content = new StringContent(
        $$"""
        {
          "inputs": { "image": { "href": "{{JsonEncodedText.Encode(scene)}}", "type": "image/tiff" }, "redBand": 3, "nirBand": 4 },
          "outputs": {
            "ndvi": { "transmissionMode": "reference" },
            "quicklook": { "transmissionMode": "reference" },
            "statistics": { "transmissionMode": "value" }
          },
          "response": "document"
        }
        """,
        Encoding.UTF8,
        "application/json");
    using var accepted = await http.SendAsync(request);
    await SucceededAsync(accepted);
    var job = accepted.Headers.Location ?? throw new HttpRequestException("The answer to the execution has no Location");
    Console.WriteLine($"Job {job}");

    if (await WatchAsync(job) != "successful")
    {
        Console.Error.WriteLine("Why:");
        Console.Error.WriteLine(await ReadAsync($"{job}/results"));
        Console.Error.WriteLine("Its log:");
        Console.Error.WriteLine(await ReadAsync($"{job}/logs"));
        return false;
    }

    // The scene is small: its processing may be over between two looks at the status, but not its log.
    using var log = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{job}/logs")));
    Console.WriteLine("The program's log:");
    foreach (var line in log.RootElement.EnumerateArray())
        Console.WriteLine($"  {line.GetProperty("at").GetDateTimeOffset():HH:mm:ss.fff} {line.GetProperty("text").GetString()}");

    using var results = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{job}/results")));
    ShowStatistics(Value(results.RootElement.GetProperty("statistics")));
    foreach (var output in (string[])["ndvi", "quicklook"])
        Console.WriteLine($"  {output,-18} {Href(results.RootElement.GetProperty(output))}");

    Directory.CreateDirectory(folder);
    var picture = Path.Combine(folder, "quicklook.png");
    await File.WriteAllBytesAsync(picture, await http.GetByteArrayAsync(Href(results.RootElement.GetProperty("quicklook"))));
    Console.WriteLine($"The quick look is in {picture}");
    return true;
}

async Task<string> WatchAsync(Uri job)
{
    var deadline = DateTime.UtcNow.AddMinutes(10);
    for (var shown = ""; DateTime.UtcNow < deadline; await Task.Delay(250))
    {
        using var document = JsonDocument.Parse(await http.GetStringAsync(job));
        var info = document.RootElement;
        var status = info.GetProperty("status").GetString()!;
        var progress = info.TryGetProperty("progress", out var number) ? $"{number} %" : "";
        var message = info.TryGetProperty("message", out var text) ? text.ToString() : "";
        var line = $"  {status,-10} {progress,5}  {message}".TrimEnd();
        if (line != shown)
            Console.WriteLine(shown = line);
        if (status is "successful" or "failed" or "dismissed")
            return status;
    }

    throw new TimeoutException($"The job has not ended within ten minutes: {job}");
}

void ShowStatistics(JsonElement statistics)
{
    Console.WriteLine("Vegetation index:");
    foreach (var member in statistics.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Number))
        Console.WriteLine($"  {member.Name,-18} {member.Value}");
}

// An object may come as such or as a qualified value.
static JsonElement Value(JsonElement result) => result.TryGetProperty("value", out var value) ? value : result;

Uri Href(JsonElement result) => new(new Uri(baseUrl), result.GetProperty("href").GetString());

async Task<string> ReadAsync(string url)
{
    using var response = await http.GetAsync(new Uri(url));
    return await response.Content.ReadAsStringAsync();
}

static async Task SucceededAsync(HttpResponseMessage response)
{
    if (response.IsSuccessStatusCode)
        return;
    var body = await response.Content.ReadAsStringAsync();
    throw new HttpRequestException($"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {body}");
}
