using System.Globalization;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Docs;

/// <summary>The algorithms of docs/tutorials/package-your-algorithm.md, deployed and executed as the tutorial says, checked against own computations.</summary>
internal sealed class ExampleTests : ServerTests
{
    [Test]
    public async Task Shell_SumsDegreeDays()
    {
        var results = await RunAsync("shell", "degree-days", new()
        {
            ["days"] = "date,minimum,maximum\n2024-05-01,4,12\n2024-05-02,6.5,18\n2024-05-03,10,21\n", ["base"] = 8,
        });
        Assert.That(results["sum"]!.GetValue<double>(), Is.EqualTo((12.25 - 8) + (15.5 - 8)));
        Assert.That(await FileAsync(results["course"]!), Is.EqualTo("2024-05-01,0\n2024-05-02,4.25\n2024-05-03,11.75\n"));
    }

    [Test]
    public async Task Shell_LineThatIsNone_FailsWithTheProgramsOwnWords()
    {
        await DeployAsync("shell");
        var failed = await ExecuteAsync("degree-days", new() { ["days"] = "date,minimum,maximum\n2024-05-01,4\n" });
        Assert.That(failed["status"]!.GetValue<string>(), Is.EqualTo("failed"));
        Assert.That(failed["message"]!.GetValue<string>(), Does.Contain("Line 2 has 2 columns, not 3"));
    }

    [Test]
    public async Task Python_TakesYearlyMeans_OfYearsWithEnoughDays()
    {
        var days = Enumerable.Range(0, 800).Select(day => (Date: new DateOnly(2022, 1, 1).AddDays(day), Value: 10 - 8 * Math.Cos(day / 58.0))).ToList();
        var results = await RunAsync("python", "yearly-means", new()
        {
            ["temperatures"] = "date,temperature\n2022-01-01,\n" + string.Concat(days.Select(day => string.Create(CultureInfo.InvariantCulture, $"{day.Date:O},{day.Value:R}\n"))),
        });
        var expected = days.GroupBy(day => day.Date.Year).Where(year => year.Count() >= 300).ToDictionary(year => $"{year.Key}", year => year.Average(day => day.Value));
        var means = results["means"]!["value"]!.AsObject();
        Assert.That(means.Select(mean => mean.Key), Is.EqualTo(new[] { "2022", "2023" }));
        Assert.That(means.All(mean => Math.Abs(mean.Value!.GetValue<double>() - expected[mean.Key]) <= 0.0005), means.ToJsonString());
        Assert.That(await FileAsync(results["table"]!), Does.StartWith("year,days,mean\n2022,365,"));
    }

    [Test]
    public async Task R_FitsATrend_WithItsInterval()
    {
        double[] values = [8.1, 8.4, 8.2, 8.9, 8.7, 9.3];
        var results = await RunAsync("r", "trend", new()
        {
            ["series"] = "year,value\n" + string.Concat(values.Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"{2015 + i},{value}\n"))),
        });
        var (slope, mean, squares) = (values.Select((value, i) => (i - 2.5) * value).Sum() / 17.5, values.Average(), 0.0);
        for (var i = 0; i < values.Length; i++) squares += Math.Pow(values[i] - mean - slope * (i - 2.5), 2);
        // Student's t with four degrees of freedom, 97.5 %.
        var half = 2.7764451 * Math.Sqrt(squares / 4 / 17.5);
        var trend = results["trend"]!["value"]!;
        Assert.That(trend["slope"]!.GetValue<double>(), Is.EqualTo(slope).Within(1e-6));
        Assert.That(trend["low"]!.GetValue<double>(), Is.EqualTo(slope - half).Within(1e-6));
        Assert.That(trend["high"]!.GetValue<double>(), Is.EqualTo(slope + half).Within(1e-6));
        Assert.That((await FileAsync(results["residuals"]!)).Split('\n'), Has.Length.EqualTo(8));
    }

    [Test]
    public async Task CSharp_TakesZonalMeans_WithoutMissingCells()
    {
        var results = await RunAsync("csharp", "zonal-means", new()
        {
            ["grid"] = "ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 30\nNODATA_value -9999\n1 3\n5 -9999\n",
        });
        Assert.That(JsonNode.DeepEquals(results["zones"], JsonNode.Parse(
            """[{"latitude":45,"mean":2,"cells":2},{"latitude":15,"mean":5,"cells":1}]""")), results.ToJsonString());
        var (north, south) = (Math.Cos(Math.PI / 4), Math.Cos(Math.PI / 12));
        Assert.That(results["mean"]!.GetValue<double>(), Is.EqualTo((north * 4 + south * 5) / (2 * north + south)).Within(1e-9));
    }

    private static async Task<JsonNode> RunAsync(string language, string process, JsonObject inputs)
    {
        await DeployAsync(language);
        var ended = await ExecuteAsync(process, inputs);
        Assert.That(ended["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.ToJsonString());
        return (await Server.GetAsync($"/jobs/{ended["jobID"]}/results")).Json;
    }

    private static async Task DeployAsync(string language) =>
        await Server.PostAsync("/processes", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "examples", language, "package.json")));

    private static async Task<JsonNode> ExecuteAsync(string process, JsonObject inputs) =>
        (await Server.RunAsync(process, new JsonObject { ["inputs"] = inputs }.ToJsonString())).Json;

    private static Task<string> FileAsync(JsonNode link) => Server.Http.GetStringAsync(link["href"]!.GetValue<string>());
}
