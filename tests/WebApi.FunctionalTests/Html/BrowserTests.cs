using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace OgcProcesses.WebApi.FunctionalTests.Html;

/// <summary>The pages as a person meets them, in a real browser.</summary>
internal sealed partial class BrowserTests : ServerTests
{
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>Contrast of all text with what is behind it; WCAG 2.1, 1.4.3.</summary>
    private const string FaintTexts = """
        () => {
          const channel = value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          const parse = colour => colour.match(/[\d.]+/g).map(Number);
          const light = ([red, green, blue]) => 0.2126 * channel(red / 255) + 0.7152 * channel(green / 255) + 0.0722 * channel(blue / 255);
          const behind = element => {
            for (let one = element; one; one = one.parentElement) {
              const colour = parse(getComputedStyle(one).backgroundColor);
              if (colour[3] !== 0) return colour;
            }
            return [255, 255, 255];
          };
          return [...document.querySelectorAll("body *")]
            .filter(element => element.checkVisibility() && !element.disabled && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
            .map(element => {
              const [one, other] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
              return { text: element.textContent.trim().slice(0, 40), contrast: (one + 0.05) / (other + 0.05) };
            })
            .filter(one => one.contrast < 4.5)
            .map(one => `${one.text}: ${one.contrast.toFixed(2)}`);
        }
        """;

    /// <summary>Controls that a screen reader has no name for.</summary>
    private const string NamelessControls = """
        () => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button")]
          .filter(control => !control.ariaLabel && !(control.labels?.length > 0) && !(control.matches("button") && control.textContent.trim()))
          .map(control => control.outerHTML)
        """;

    /// <summary>Tells the checksum and the path of the file that it was given.</summary>
    private static readonly Package Stat = Package.Running("sha256sum /job/inputs/scene/* | tr -s ' ' '\\n'")
        .Taking("scene", """{ "type": "string", "contentMediaType": "image/tiff", "contentEncoding": "binary" }""")
        .Giving("text", """{ "type": "string" }""")
        .Binding("outputBindings", "text", """{ "stdout": true }""");

    private Browser _browser = null!;
    private string _process = null!;

    [GeneratedRegex("/jobs/[0-9a-f-]{36}$")]
    private static partial Regex JobPage { get; }

    [GeneratedRegex("/results$")]
    private static partial Regex ResultsPage { get; }

    private static string Root => Server.Http.BaseAddress!.ToString().TrimEnd('/');

    [OneTimeSetUp]
    public async Task StartBrowser()
    {
        _browser = await Browser.StartAsync();
        var package = Package.Running($"for step in 1 2 3; do echo \"::progress $((step * 25)) Step $step of 3\"; sleep 1; done; echo {Picture} | base64 -d > picture.png")
            .Taking("name", """{"type":"string"}""")
            .Giving("picture", """{"type":"string","contentEncoding":"base64","contentMediaType":"image/png"}""");
        package.Process["title"] = "Steps";
        await Server.DeployAsync(package);
        await Server.DeployAsync(Stat);
        _process = package.Id;
    }

    [OneTimeTearDown]
    public async Task StopBrowser()
    {
        if (_browser is not null) await _browser.DisposeAsync();
    }

    [TearDown]
    public void NothingToComplainOf() => Assert.That(_browser.Complaints, Is.Empty);

    [Test]
    [Requirement("/req/html/definition")]
    public async Task Form_Sent_LeadsToTheJob_WhichIsLiveToItsEnd()
    {
        var page = await _browser.OpenAsync($"{Root}/processes/{_process}");
        await Assertions.Expect(page.GetByText("needs JavaScript")).ToBeHiddenAsync();
        await page.GetByLabel("name").FillAsync("Ada");
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await page.WaitForURLAsync(JobPage);
        await Assertions.Expect(page.Locator("#status .badge")).ToHaveTextAsync("running");
        await Assertions.Expect(page.Locator("#status .message")).ToHaveTextAsync("Step 2 of 3");
        Assert.That(await page.Locator("#status progress").GetAttributeAsync("value"), Is.EqualTo("50"));
        await Assertions.Expect(page.Locator("#status .badge")).ToHaveTextAsync("successful", new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("#log pre")).ToContainTextAsync("Step 3 of 3");
        await page.GetByRole(AriaRole.Link, new() { Name = "See the results" }).ClickAsync();
        await page.WaitForURLAsync(ResultsPage);
        var picture = page.Locator("img.result");
        await Assertions.Expect(picture).ToBeVisibleAsync();
        Assert.That(await picture.EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"), Is.EqualTo(1));
    }

    /// <summary>The page of a job listens to its events, and asks for nothing again and again.</summary>
    [Test]
    public async Task JobPage_FollowsItsEvents_AndPollsOnlyWhereItCanNot()
    {
        foreach (var most in (string[])["9", "0"])
        {
            using var server = new Server(("Events:MaxStreams", most));
            var package = Package.Running("for i in 1 2 3 4; do echo line $i; echo \"::progress $((25 * i)) Step $i\"; sleep 0.7; done");
            await server.DeployAsync(package);
            var job = (await server.ExecuteAsync(package.Id, "{}", "respond-async")).Json["jobID"]!.GetValue<string>();
            var page = await _browser.OpenAsync($"{server.Http.BaseAddress}jobs/{job}");
            await Assertions.Expect(page.Locator("#status .badge")).ToHaveTextAsync("successful", new() { Timeout = 60_000 });
            await Assertions.Expect(page.Locator("#log pre")).ToHaveTextAsync(new Regex(@"line 1\s.*Step 1\s+line 2\s.*line 4\s.*Step 4", RegexOptions.Singleline));
            await Assertions.Expect(page.Locator("#trouble")).ToBeEmptyAsync();
            var polls = await page.EvaluateAsync<int>("performance.getEntriesByType('resource').filter(one => one.name.includes('/logs?')).length");
            Assert.That(polls, most == "9" ? Is.Zero : Is.GreaterThan(1));
        }

        Assert.That(_browser.Complaints, Has.Count.EqualTo(1).And.All.Contain("status of 503"), "the browser tells of refused requests");
    }

    [Test]
    public async Task Form_SentToWait_LeadsToTheResults()
    {
        var page = await _browser.OpenAsync($"{Root}/processes/echo");
        await page.Locator("[data-input=message] [name=value]").FillAsync("Grüße, <b>Welt</b>");
        await page.GetByLabel("wait for the results").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await page.WaitForURLAsync(ResultsPage);
        await Assertions.Expect(page.Locator("p.value")).ToHaveTextAsync("Grüße, <b>Welt</b>");
    }

    [Test]
    public async Task Form_WithBadInputs_ListsThem_AndLeadsToEach()
    {
        var page = await _browser.OpenAsync($"{Root}/processes/echo-types");
        await page.Locator("[data-input=number] [name=value]").FillAsync("99");
        await page.Locator("[data-input=pattern] [name=value]").FillAsync("nowhere");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check only" }).ClickAsync();
        var errors = page.Locator("#errors");
        await Assertions.Expect(errors).ToBeFocusedAsync();
        await Assertions.Expect(errors.Locator("li")).ToHaveCountAsync(2);
        await errors.GetByRole(AriaRole.Link, new() { NameRegex = new("^number") }).ClickAsync();
        var field = page.Locator("[data-input=number] [name=value]");
        await Assertions.Expect(field).ToBeFocusedAsync();
        await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(page.Locator("[data-input=number] .error")).ToContainTextAsync("10");
        await field.FillAsync("9");
        await page.Locator("[data-input=pattern] [name=value]").FillAsync("33UUP");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check only" }).ClickAsync();
        await Assertions.Expect(page.Locator("#progress")).ToHaveTextAsync("The request is valid.");
        await Assertions.Expect(errors).ToBeHiddenAsync();
        Assert.That(_browser.Complaints, Has.Count.EqualTo(1).And.All.Contain("status of 400"), "the browser tells of refused requests");
    }

    [Test]
    public async Task Form_WithALinkThatIsRefused_LeadsToTheLink()
    {
        var page = await _browser.OpenAsync($"{Root}/processes/echo-types");
        var link = page.Locator("[data-input=image] [name=href]");
        await link.FillAsync("ftp://example.org/scene.tif");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check only" }).ClickAsync();
        await page.Locator("#errors").GetByRole(AriaRole.Link, new() { NameRegex = new("^image") }).ClickAsync();
        await Assertions.Expect(link).ToBeFocusedAsync();
        await Assertions.Expect(link).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(page.Locator("[data-input=image] .error")).Not.ToContainTextAsync("/href");
        Assert.That(_browser.Complaints, Has.Count.EqualTo(1).And.All.Contain("status of 400"), "the browser tells of refused requests");
    }

    [Test]
    public async Task Form_WithWhatNoRequestCanHold_SaysSoBeforeItIsSent()
    {
        var page = await _browser.OpenAsync($"{Root}/processes/echo-types");
        await page.Locator("[data-input=object] [name=text]").FillAsync("{");
        await page.Locator("[data-input=boundingBox] [name=corner]").First.FillAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await Assertions.Expect(page.Locator("#errors li")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#errors")).ToContainTextAsync("is not JSON");
    }

    [Test]
    public async Task Form_EveryKindOfInput_ComesBackAsItWasGiven()
    {
        var page = await _browser.OpenAsync($"{Root}/processes/echo-types");
        await FillAsync("string", "text, \"quoted\"");
        await page.Locator("[data-input=enumeration] select").SelectOptionAsync("green");
        await FillAsync("number", "2.50");
        await FillAsync("integer", "42");
        await page.Locator("[data-input=boolean] select").SelectOptionAsync("true");
        await FillAsync("date", "2026-01-31");
        await FillAsync("dateTime", "2026-01-31T12:00:00Z");
        await FillAsync("uri", "https://example.org/");
        await FillAsync("array", "[1, 2]", "text");
        await FillAsync("measure", """{"measurement":1.5,"uom":"m"}""", "text");
        foreach (var (corner, value) in new[] { "1", "2", "3", "4" }.Index()) await page.Locator("[data-input=boundingBox] [name=corner]").Nth(corner).FillAsync(value);
        await FillAsync("document", "<gml/>", "text");
        await page.Locator("[data-input=image] [name=mediaType]").SelectOptionAsync("image/png");
        await page.Locator("[data-input=image] [name=file]").SetInputFilesAsync(new FilePayload { Name = "a.png", MimeType = "image/png", Buffer = Convert.FromBase64String(Picture) });
        await Assertions.Expect(page.Locator("[data-input=image] [role=status]")).ToHaveTextAsync("Sent a.png, 70 bytes, as image/png.");
        await page.Locator("[data-input=geometry] [name=file]").SetInputFilesAsync(new FilePayload { Name = "a.geojson", MimeType = "", Buffer = Encoding.UTF8.GetBytes("""{"type":"Point","coordinates":[1,2]}""") });
        await page.Locator("[data-input=strings] textarea").FillAsync("one");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add another value of Strings" }).ClickAsync();
        await page.Locator("[data-input=strings] textarea").Nth(1).FillAsync("two");
        await page.GetByLabel("wait for the results").CheckAsync();
        await page.GetByText("The request", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#request pre")).ToContainTextAsync("2.50");
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await page.WaitForURLAsync(ResultsPage);
        var results = (await Server.GetAsync(new Uri(page.Url).AbsolutePath)).Json;
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse("""{"measurement":1.5,"uom":"m"}"""), results["measure"]!["value"]), Is.True);
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse("[1,2,3,4]"), results["boundingBox"]!["bbox"]), Is.True);
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse("""["one","two"]"""), results["strings"]), Is.True, results["strings"]!.ToJsonString());
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse("[1,2]"), results["array"]), Is.True);
        Assert.That(results["string"]!.GetValue<string>(), Is.EqualTo("text, \"quoted\""));
        Assert.That(results["enumeration"]!.GetValue<string>(), Is.EqualTo("green"));
        Assert.That(results["number"]!.GetValue<double>(), Is.EqualTo(2.5));
        Assert.That(results["boolean"]!.GetValue<bool>(), Is.True);
        Assert.That(results["geometry"]!["value"]!["type"]!.GetValue<string>(), Is.EqualTo("Point"));
        Assert.That(await Server.Http.GetByteArrayAsync(results["image"]!["href"]!.GetValue<string>()), Is.EqualTo(Convert.FromBase64String(Picture)));
        Assert.That(results.AsObject().ContainsKey("uri") && !results.AsObject().ContainsKey("feature"), Is.True, "what is empty is left out");

        Task FillAsync(string input, string value, string name = "value") => page.Locator($"[data-input={input}] [name={name}]").FillAsync(value);
    }

    [Test]
    public async Task Form_WithAFile_SendsIt_AndTheJobReadsIt()
    {
        var scene = RandomNumberGenerator.GetBytes(20 << 20);
        var page = await _browser.OpenAsync($"{Root}/processes/{Stat.Id}");
        var chooser = page.GetByLabel("or a file from here");
        var file = Path.Combine(Server.Folder, "Küste (1).tif");
        await File.WriteAllBytesAsync(file, scene);
        await chooser.SetInputFilesAsync(file);
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("Sent Küste (1).tif, 20.0 MiB, as image/tiff.");
        var href = await page.GetByLabel("A link").InputValueAsync();
        var upload = (await Server.GetAsync(new Uri(href).AbsolutePath)).Json;
        Assert.That((upload["name"]!.GetValue<string>(), upload["type"]!.GetValue<string>()), Is.EqualTo(("Küste (1).tif", "image/tiff")));
        await page.GetByText("The request", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#request pre")).ToContainTextAsync($$"""
            "scene": {
                  "href": "{{href}}",
                  "type": "image/tiff"
            """);
        await page.GetByLabel("wait for the results").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await page.WaitForURLAsync(ResultsPage);
        await Assertions.Expect(page.Locator("p.value")).ToContainTextAsync(Convert.ToHexStringLower(SHA256.HashData(scene)));
    }

    /// <summary>Where the file stands is told while it is sent, and the keyboard is enough to stop and to remove it.</summary>
    [Test]
    public async Task Form_WhileAFileIsSent_IsNotSentWithoutIt_AndTheFileCanBeTakenBack()
    {
        var file = new FilePayload { Name = "scene.tif", MimeType = "image/tiff", Buffer = [1, 2, 3] };
        var page = await _browser.OpenAsync($"{Root}/processes/{Stat.Id}");
        var (chooser, link, told) = (page.GetByLabel("or a file from here"), page.GetByLabel("A link"), page.Locator(".upload [role=status]"));
        await page.RouteAsync("**/uploads", _ => Task.CompletedTask);
        await chooser.SetInputFilesAsync(file);
        await Assertions.Expect(told).ToHaveTextAsync("Sending scene.tif, 3 bytes…");
        await Assertions.Expect(page.GetByRole(AriaRole.Progressbar, new() { Name = "How much of the file has been sent" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await page.Locator("#errors").GetByRole(AriaRole.Link, new() { Name = "scene: is still being uploaded" }).ClickAsync();
        await Assertions.Expect(chooser).ToBeFocusedAsync();
        await PressAsync("Cancel the upload");
        await Assertions.Expect(told).ToBeEmptyAsync();
        await Assertions.Expect(chooser).ToBeFocusedAsync();

        await page.UnrouteAllAsync();
        await chooser.SetInputFilesAsync(file);
        await Assertions.Expect(link).ToHaveValueAsync(new Regex("/uploads/"));
        var path = new Uri(await link.InputValueAsync()).AbsolutePath;
        var deleted = page.WaitForResponseAsync(answer => answer.Request.Method == "DELETE");
        await PressAsync("Remove the file");
        Assert.That((await deleted).Status, Is.EqualTo(204));
        await Assertions.Expect(link).ToBeEmptyAsync();
        Assert.That((int)(await Server.GetAsync(path)).Status, Is.EqualTo(404));

        async Task PressAsync(string button)
        {
            await chooser.FocusAsync();
            await page.Keyboard.PressAsync("Tab");
            await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = button })).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Enter");
        }
    }

    [Test]
    public async Task Form_WithAFileThatIsRefused_SaysWhyBesideIt_AndIsNotSentWithoutIt()
    {
        using var server = new Server(("Uploads:MaxBytes", "30000000"), ("Quotas:MaxStoredBytes", "500000"));
        await server.DeployAsync(Stat);
        var page = await _browser.OpenAsync($"{server.Http.BaseAddress}processes/{Stat.Id}");
        var (chooser, told) = (page.GetByLabel("or a file from here"), page.Locator(".upload [role=status]"));
        await ChooseAsync(40_000_000);
        await Assertions.Expect(told).ToHaveTextAsync("scene.tif was not uploaded. It has 38.1 MiB, and an upload may have 28.6 MiB.");
        await ChooseAsync(20_000_000);
        await Assertions.Expect(told).ToContainTextAsync("Quotas:MaxStoredBytes");
        await Assertions.Expect(chooser).ToHaveAttributeAsync("aria-invalid", "true");
        await page.Context.SetOfflineAsync(true);
        await ChooseAsync(3);
        await Assertions.Expect(told).ToHaveTextAsync("scene.tif was not uploaded. The server could not be reached, or the connection broke.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check only" }).ClickAsync();
        await Assertions.Expect(page.Locator("#errors li")).ToContainTextAsync("scene: was not uploaded. The server could not be reached");
        await page.Context.SetOfflineAsync(false);
        await ChooseAsync(3);
        await Assertions.Expect(told).ToHaveTextAsync("Sent scene.tif, 3 bytes, as image/tiff.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check only" }).ClickAsync();
        await Assertions.Expect(page.Locator("#progress")).ToHaveTextAsync("The request is valid.");
        Assert.That(_browser.Complaints, Has.Count.EqualTo(2).And.All.Match("status of 403|ERR_INTERNET_DISCONNECTED"), "the browser tells of refused requests");

        async Task ChooseAsync(int bytes)
        {
            var file = Path.Combine(server.Folder, "scene.tif");
            await File.WriteAllBytesAsync(file, new byte[bytes]);
            await chooser.SetInputFilesAsync(file);
        }
    }

    [Test]
    public async Task Form_OneOutputByReference_AsksForThatAlone()
    {
        var page = await _browser.OpenAsync($"{Root}/processes/{_process}");
        await page.GetByText("Outputs and their form").ClickAsync();
        await page.Locator("[data-output=picture] [name=transmissionMode]").SelectOptionAsync("reference");
        await page.GetByLabel("raw").CheckAsync();
        await page.GetByText("The request", new() { Exact = true }).ClickAsync();
        var request = page.Locator("#request pre");
        await Assertions.Expect(request).ToContainTextAsync("\"transmissionMode\": \"reference\"");
        await Assertions.Expect(request).ToContainTextAsync("\"response\": \"raw\"");
    }

    [Test]
    public async Task Job_DismissedFromItsPage_IsStopped()
    {
        var job = (await Server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":60}}""", "respond-async")).Json["jobID"]!.GetValue<string>();
        var page = await _browser.OpenAsync($"{Root}/jobs/{job}");
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dismiss the job" }).ClickAsync();
        await Assertions.Expect(page.Locator("#status .badge")).ToHaveTextAsync("dismissed");
        await Assertions.Expect(page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    [TestCase(false, 1200)]
    [TestCase(true, 1200)]
    [TestCase(false, 360)]
    [TestCase(true, 360)]
    public async Task EveryPage_IsLegibleAndFits(bool dark, int width)
    {
        var job = (await Server.RunAsync("echo", """{"inputs":{"message":"m"}}""")).Json["jobID"]!.GetValue<string>();
        var page = await _browser.OpenAsync(Root, dark: dark, width: width);
        foreach (var path in new[] { "/", "/conformance", "/processes", "/processes/echo", "/processes/echo-types", $"/processes/{_process}/package", "/jobs", $"/jobs/{job}", $"/jobs/{job}/inputs", $"/jobs/{job}/logs", $"/jobs/{job}/results" })
        {
            await page.GotoAsync(Root + path, new() { WaitUntil = WaitUntilState.NetworkIdle });
            await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(one => one.open = true)");
            Assert.That(await page.EvaluateAsync<string[]>(FaintTexts), Is.Empty, path);
            Assert.That(await page.EvaluateAsync<string[]>(NamelessControls), Is.Empty, path);
            Assert.That(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), Is.True, $"{path} is wider than the window");
        }
    }

    [Test]
    public async Task Api_IsShown()
    {
        var page = await _browser.OpenAsync($"{Root}/api?f=html");
        await Assertions.Expect(page.Locator(".opblock-summary").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.Locator(".opblock-summary-control").First.ClickAsync();
        await Assertions.Expect(page.Locator(".opblock.is-open")).ToHaveCountAsync(1);
    }

    [Test]
    public async Task WithoutJavaScript_EverythingCanBeRead()
    {
        var job = (await Server.RunAsync("echo", """{"inputs":{"message":"A message"}}""")).Json["jobID"]!.GetValue<string>();
        var page = await _browser.OpenAsync($"{Root}/processes/echo", scripts: false);
        await Assertions.Expect(page.GetByText("Executing from this page needs JavaScript")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Execute" })).ToBeDisabledAsync();
        await page.GotoAsync($"{Root}/jobs/{job}");
        await Assertions.Expect(page.Locator("#status .badge")).ToHaveTextAsync("successful");
        await page.GetByRole(AriaRole.Link, new() { Name = "The log" }).ClickAsync();
        await Assertions.Expect(page.Locator("table.log code").First).ToContainTextAsync("Echoing");
        await page.GotoAsync($"{Root}/jobs/{job}/results");
        await Assertions.Expect(page.Locator("p.value")).ToHaveTextAsync("A message");
        await page.GotoAsync($"{Root}/jobs");
        await page.GetByLabel("failed").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("status=failed", StringComparison.Ordinal));
        Assert.That(await page.Locator("table.jobs .badge.successful").CountAsync(), Is.Zero);
    }

    [Test]
    public async Task Keyboard_SkipsToTheContent_AndReachesTheButton()
    {
        var page = await _browser.OpenAsync($"{Root}/processes/echo");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("main")).ToBeFocusedAsync();
        var execute = page.GetByRole(AriaRole.Button, new() { Name = "Execute" });
        for (var steps = 0; steps < 60 && !await execute.EvaluateAsync<bool>("button => button === document.activeElement"); steps++)
            await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(execute).ToBeFocusedAsync();
        Assert.That(await execute.EvaluateAsync<string>("button => getComputedStyle(button).outlineStyle"), Is.EqualTo("solid"));
    }
}
