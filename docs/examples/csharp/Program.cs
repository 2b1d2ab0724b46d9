using System.Globalization;
using System.Text.Json.Nodes;

// Means of an ESRI ASCII grid in longitude and latitude, for each row of it and weighted by area.
var inputs = JsonNode.Parse(File.ReadAllText(Environment.GetEnvironmentVariable("OGC_INPUTS")!))!;
// A file input is a path.
var lines = File.ReadAllLines(inputs["grid"]!.GetValue<string>());

var header = lines.Select(Words).TakeWhile(words => words.Length == 2 && char.IsLetter(words[0][0]))
    .ToDictionary(words => words[0], words => Number(words[1]), StringComparer.OrdinalIgnoreCase);
foreach (var name in new[] { "ncols", "nrows", "yllcorner", "cellsize" })
{
    if (header.ContainsKey(name)) continue;
    // The last line on stderr is part of the failed job's message.
    Console.Error.WriteLine($"The grid's header has no '{name}'");
    return 2;
}

var (rows, cell, missing) = ((int)header["nrows"], header["cellsize"], header.GetValueOrDefault("NODATA_value", -9999));
var zones = new JsonArray();
double sum = 0, weights = 0;
for (var row = 0; row < rows; row++)
{
    // The first row is the northernmost.
    var latitude = header["yllcorner"] + (rows - row - 0.5) * cell;
    var values = Words(lines[header.Count + row]).Select(Number).Where(value => value != missing).ToList();
    Console.WriteLine($"::progress {100 * (row + 1) / rows} Row {row + 1} of {rows}");
    if (values.Count == 0) continue;
    zones.Add(new JsonObject { ["latitude"] = latitude, ["mean"] = values.Average(), ["cells"] = values.Count });
    var weight = Math.Cos(latitude * Math.PI / 180);
    sum += weight * values.Sum();
    weights += weight * values.Count;
}

if (weights == 0)
{
    Console.Error.WriteLine("The grid has no cell with a value");
    return 3;
}

// The working directory is the outputs folder.
File.WriteAllText("outputs.json", new JsonObject { ["zones"] = zones, ["mean"] = sum / weights }.ToJsonString());
return 0;

static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
