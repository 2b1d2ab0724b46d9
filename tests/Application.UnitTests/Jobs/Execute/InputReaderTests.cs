using System.Text.Json;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.UnitTests.Jobs.Execute;

internal sealed class InputReaderTests
{
    private const string Text = """{"schema": {"type": "string"}}""";
    private const string Count = """{"schema": {"type": "integer"}}""";
    private const string Tiff = """{"schema": {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/tiff"}}""";
    private const string Gml = """{"schema": {"type": "string", "contentMediaType": "application/gml+xml"}}""";
    private const string Box = """{"schema": {"type": "object", "format": "ogc-bbox", "required": ["bbox"], "properties": {"bbox": {"type": "array", "items": {"type": "number"}}}}}""";
    private const string Described = """{"schema": {"type": "string", "contentMediaType": "application/json", "contentSchema": {"$ref": "https://a.example/s.json"}}}""";
    private const string Record = """{"schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "value": {"type": "number"}}}}""";

    private static readonly FakeUploads Uploads = new();

    [Test]
    [Requirement("/req/core/process-execute-inputs")]
    public void Read_OfInputs_KeepsThemAsTheClientWroteThem()
    {
        var request = Read($$"""{"a": {{Text}}, "b": {{Count}}}""", """{"inputs": {"a": {"value": "x"}, "b": 3}}""");
        Assert.That(request.Inputs.ToDictionary(input => input.Key, input => input.Value.GetRawText()), Is.EqualTo(new Dictionary<string, string>
        {
            ["a"] = """{"value": "x"}""", ["b"] = "3",
        }));
    }

    [TestCase("https://ogc.example/uploads/", "")]
    [TestCase("https://ogc.example/uploads/", ", \"type\": \"image/tiff\"")]
    [TestCase("HTTPS://OGC.EXAMPLE:443/uploads/", "")]
    [TestCase("/uploads/", "")]
    public void Read_OfALinkToAnUpload_KeepsWhereItLeads(string before, string more)
    {
        var upload = Uploads.Keep("anna", "II*", type: "image/tiff");
        var request = Read($$"""{"t": {{Tiff}} }""", $$"""{"inputs": {"t": {"href": "{{before}}{{upload.Id}}"{{more}} } } }""");
        Assert.That(request.Uploads, Is.EqualTo(new Dictionary<string, string> { [before + upload.Id] = upload.Id }));
        Assert.That(request.Inputs["t"].GetProperty("href").GetString(), Is.EqualTo(before + upload.Id));
    }

    [Test]
    public void Read_OfALinkToAnUploadThatIsNot_OrIsAnothers_OrIncomplete_OrExpired_SaysTheSame()
    {
        var begun = new Upload(Upload.NewId(AJob.Now), "anna", AJob.Now, DateTimeOffset.MaxValue);
        Uploads.Add(begun);
        string[] ids = [Upload.NewId(AJob.Now), "x", Uploads.Keep("berta", "II*").Id, begun.Id, Uploads.Keep("anna", "II*", expires: AJob.Now).Id];
        var told = ids.Select(id => Violations($$"""{"t": {{Tiff}} }""", $$"""{"inputs": {"t": {"href": "https://ogc.example/uploads/{{id}}"} } }""").Single()).Distinct();
        Assert.That(told, Is.EqualTo(new[] { ("/inputs/t/href", "names no upload of yours that is complete; GET /uploads tells what you have, until when, and what is missing of it") }));
    }

    [TestCase("{{href}}", ExpectedResult = "media type 'text/csv' is not among those the input takes: 'image/tiff'")]
    [TestCase("{{href}}, \"type\": \"image/tiff\"", ExpectedResult = null)]
    public string? Read_OfAnUploadOfAnotherMediaType_GoesByWhatTheLinkSays_ElseByTheUpload(string link)
    {
        link = link.Replace("{{href}}", $"\"href\": \"/uploads/{Uploads.Keep("anna", "a,b", type: "text/csv").Id}\"", StringComparison.Ordinal);
        try
        {
            Read($$"""{"t": {{Tiff}} }""", $$"""{"inputs": {"t": { {{link}} } } }""");
            return null;
        }
        catch (OgcException refused)
        {
            return refused.Violations.Single().Detail;
        }
    }

    [TestCase("http://ogc.example/uploads/{0}")]
    [TestCase("https://other.example/uploads/{0}")]
    [TestCase("https://ogc.example/uploadsX/{0}")]
    public void Read_OfALinkThatOnlyLooksLikeAnUploads_IsAnyLink(string href)
    {
        href = string.Format(null, href, Uploads.Keep("anna", "II*").Id);
        if (href.StartsWith("https:", StringComparison.Ordinal)) Assert.That(Read($$"""{"t": {{Tiff}} }""", Body()).Uploads, Is.Null);
        else Assert.That(Violations($$"""{"t": {{Tiff}} }""", Body()).Single().Detail, Is.EqualTo("only https is allowed"));

        string Body() => $$"""{"inputs": {"t": {"href": "{{href}}"} } }""";
    }

    [Test]
    public void Read_OfAnInputThatIsLeftOut_TakesTheDefault()
    {
        var inputs = """{"a": {"schema": {"type": "integer", "default": 128}}, "b": {"schema": {"type": "string"}, "minOccurs": 0}}""";
        Assert.That(Read(inputs, "{}").Inputs.Select(input => (input.Key, input.Value.GetInt32())), Is.EqualTo(new[] { ("a", 128) }));
    }

    [Test]
    public void Read_OfAnInputThatIsNull_TakesItAsLeftOut()
    {
        var inputs = """{"a": {"schema": {"type": "integer", "default": 128}}, "b": {"schema": {"type": "string"}, "minOccurs": 0}}""";
        Assert.That(Read(inputs, """{"inputs": {"a": null, "b": null}}""").Inputs["a"].GetInt32(), Is.EqualTo(128));
    }

    [TestCase("""{"inputs": {}}""")]
    [TestCase("""{"inputs": {"a": null}}""")]
    [TestCase("{}")]
    public void Read_WithoutARequiredInput_SaysSo(string body) =>
        Assert.That(Violations($$"""{"a": {{Text}}}""", body), Is.EqualTo(new[] { ("/inputs/a", "is required") }));

    [Test]
    public void Read_OfAnUnknownInput_NamesTheKnownOnes() =>
        Assert.That(
            Violations($$"""{"a": {{Text}}}""", """{"inputs": {"a": "x", "b/c": 1}}"""),
            Is.EqualTo(new[] { ("/inputs/b~1c", "the process has no such input; it has 'a'") }));

    [TestCase("""["x", "y"]""")]
    [TestCase("""["x"]""")]
    [TestCase("\"x\"")]
    [Requirement("/req/core/process-execute-input-array")]
    public void Read_OfSeveralOccurrences_TakesAnArrayOrOneValue(string value) =>
        Assert.That(Read(Several(1, "2"), Given(value)).Inputs["a"].GetRawText(), Is.EqualTo(value));

    [TestCase("""["x"]""", "occurs 1 times, at least 2 are needed")]
    [TestCase("\"x\"", "occurs 1 times, at least 2 are needed")]
    [TestCase("""["x", "y", "z", "z"]""", "occurs 4 times, at most 3 are allowed")]
    public void Read_OfTooFewOrTooManyOccurrences_SaysHowMany(string value, string told) =>
        Assert.That(Violations(Several(2, "3"), Given(value)), Is.EqualTo(new[] { ("/inputs/a", told) }));

    [Test]
    public void Read_OfUnboundedOccurrences_TakesAny() =>
        Assert.That(Read(Several(1, "\"unbounded\""), """{"inputs": {"a": ["1", "2", "3", "4", "5"]}}""").Inputs["a"].GetArrayLength(), Is.EqualTo(5));

    [Test]
    [Requirement("/req/core/process-execute-input-validation")]
    public void Read_OfAnOccurrenceThatDoesNotFit_PointsAtIt() =>
        Assert.That(
            Violations(Several(1, "3"), """{"inputs": {"a": ["x", 1, {"value": 2}]}}"""),
            Is.EqualTo(new[] { ("/inputs/a/1", "must be of type string"), ("/inputs/a/2/value", "must be of type string") }));

    [Test]
    [Requirement("/req/core/process-execute-input-validation")]
    public void Read_OfAValueThatDoesNotFitDeepInside_PointsThere() =>
        Assert.That(
            Violations($$"""{"a": {{Box}}, "b": {{Box}}}""", """{"inputs": {"a": {"bbox": [1, "x"]}, "b": {"value": {"bbox": ["y"]}}}}"""),
            Is.EqualTo(new[] { ("/inputs/a/bbox/1", "must be of type number"), ("/inputs/b/value/bbox/0", "must be of type number") }));

    [TestCase("""{"bbox": [1, 2, 3, 4]}""")]
    [TestCase("""{"bbox": [1, 2, 3, 4], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}""")]
    [TestCase("""{"value": {"bbox": [1, 2, 3, 4]}}""")]
    [Requirement("/req/core/process-execute-input-inline-bbox")]
    public void Read_OfABoundingBox_IsFine(string value) =>
        Assert.DoesNotThrow(() => Read($$"""{"a": {{Box}}}""", Given(value)));

    [TestCase("""{"value": {"name": "n"}}""")]
    [TestCase("""{"name": "n", "value": 3}""")]
    [Requirement("/req/core/process-execute-input-inline-object")]
    public void Read_OfAnObject_QualifiedOrNot_IsFine(string value) =>
        Assert.DoesNotThrow(() => Read($$"""{"a": {{Record}}}""", Given(value)));

    [TestCase("\"SUkqAA==\"")]
    [TestCase("""{"value": "SUkqAA==", "mediaType": "image/tiff"}""")]
    [TestCase("""{"value": "SUkqAA==", "mediaType": "image/tiff; application=geotiff", "encoding": "base64"}""")]
    [TestCase("""{"value": "SUkqAA==", "format": {"mediaType": "image/tiff", "encoding": "base64"}}""")]
    [Requirement("/req/core/process-execute-input-inline-binary")]
    public void Read_OfBase64_IsFine(string value) =>
        Assert.DoesNotThrow(() => Read($$"""{"a": {{Tiff}}}""", Given(value)));

    [TestCase("\"not base64!\"", "must be base64 (RFC 4648)")]
    [TestCase("""{"value": "SUkqAA==", "mediaType": "image/png"}""", "media type 'image/png' is not among those the input takes: 'image/tiff'")]
    [TestCase("""{"value": "SUkqAA==", "format": {"mediaType": "image/png"}}""", "media type 'image/png' is not among those the input takes: 'image/tiff'")]
    [TestCase("""{"href": "https://a.example/x", "type": "image/png"}""", "media type 'image/png' is not among those the input takes: 'image/tiff'")]
    public void Read_OfAFileThatIsNotTaken_SaysWhy(string value, string told) =>
        Assert.That(Violations($$"""{"a": {{Tiff}}}""", Given(value)), Is.EqualTo(new[] { ("/inputs/a", told) }));

    [Test]
    public void Read_OfTextOfAMediaType_NeedNotBeBase64() =>
        Assert.DoesNotThrow(() => Read($$"""{"a": {{Gml}}}""", """{"inputs": {"a": "<gml:Point/>"}}"""));

    [Test]
    public void Read_OfTextSaidToBeBase64_IsChecked() =>
        Assert.That(
            Violations($$"""{"a": {{Gml}}}""", """{"inputs": {"a": {"value": "<gml/>", "encoding": "base64"}}}""").Single().Detail,
            Is.EqualTo("must be base64 (RFC 4648)"));

    [Test]
    [Requirement("/req/core/process-execute-inputs")]
    public void Read_OfALink_IsFine() =>
        Assert.DoesNotThrow(() => Read(
            $$"""{"a": {{Tiff}}, "b": {{Count}}}""", """{"inputs": {"a": {"href": "https://a.example/x.tif"}, "b": {"href": "https://a.example/b"}}}"""));

    [TestCase("x.tif", "must be an absolute URL")]
    [TestCase("file:///etc/passwd", "only https is allowed")]
    public void Read_OfALinkThatIsRefused_PointsAtIt(string href, string told) =>
        Assert.That(
            Violations($$"""{"a": {{Tiff}}}""", $$"""{"inputs": {"a": {"href": "{{href}}"} } }"""), Is.EqualTo(new[] { ("/inputs/a/href", told) }));

    [Test]
    public void Read_OfOutputs_KeepsWhatIsWanted()
    {
        var request = Read("{}", """{"outputs": {"x": {"format": {"mediaType": "image/tiff"}, "transmissionMode": "reference"}, "y": null}}""");
        Assert.That(request.Outputs, Is.EqualTo(new Dictionary<string, OutputSelection>
        {
            ["x"] = new("image/tiff", TransmissionMode.Reference), ["y"] = new(null, null),
        }));
    }

    [Test]
    [Requirement("/req/core/process-execute-omitted-outputs")]
    public void Read_WithoutOutputs_WantsAll() => Assert.That(Read("{}", "{}").Outputs, Is.Null);

    [Test]
    public void Read_OfOutputsThatAreWrong_PointsAtThem() =>
        Assert.That(
            Violations("{}", """
                {"outputs": {"z": {}, "x": {"transmissionMode": "fax", "format": {"mediaType": "image/png"}}}}
                """).Select(violation => violation.Pointer),
            Is.EqualTo(new[] { "/outputs/z", "/outputs/x/transmissionMode", "/outputs/x/format/mediaType" }));

    [TestCase("x", """{"mediaType": "image/tiff; application=geotiff", "encoding": "base64"}""")]
    [TestCase("y", """{"mediaType": "text/plain"}""")]
    [TestCase("y", """{"mediaType": "application/json"}""")]
    [TestCase("n", """{"mediaType": "text/plain"}""")]
    [TestCase("r", """{"mediaType": "application/geo+json", "schema": null}""")]
    [TestCase("s", """{"schema": {"$ref": "https://a.example/s.json"}}""")]
    public void Read_OfAFormatTheOutputGives_IsFine(string output, string format) => Assert.DoesNotThrow(() => Read("{}", Wanting(output, format)));

    [TestCase("x", """{"mediaType": "image/png"}""", "mediaType")]
    [TestCase("y", """{"mediaType": "image/png"}""", "mediaType")]
    [TestCase("r", """{"mediaType": "text/plain"}""", "mediaType")]
    [TestCase("x", """{"encoding": "hex"}""", "encoding")]
    [TestCase("s", """{"schema": "https://a.example/other.json"}""", "schema")]
    [TestCase("y", """{"schema": {"type": "string"}}""", "schema")]
    public void Read_OfAFormatTheOutputDoesNotGive_PointsAtIt(string output, string format, string member) =>
        Assert.That(Violations("{}", Wanting(output, format)).Single().Pointer, Is.EqualTo($"/outputs/{output}/format/{member}"));

    [Test]
    public void Read_OfBase64WhereNoDocumentIsGiven_PointsAtIt() => Assert.That(
        Violations("{}", """{"outputs": {"x": {"format": {"encoding": "base64"}}}, "response": "raw"}""").Single().Pointer,
        Is.EqualTo("/outputs/x/format/encoding"));

    [Test]
    public void Read_Leniently_LeavesOutWhatIsNotDeclared()
    {
        var request = Read($$"""{"a": {{Text}}}""", """{"inputs": {"a": "x", "other": 1}}""", Strictness.Lenient);
        Assert.That(request.Inputs.Keys, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void Read_Leniently_StillAsksForWhatIsRequiredAndValid()
    {
        var refusal = Assert.Throws<OgcException>(() => Read(
            $$"""{"a": {{Text}}, "b": {{Count}}}""", """{"inputs": {"b": "x", "other": 1}, "outputs": {"z": {}}}""", Strictness.Lenient));
        Assert.That(refusal!.Violations.Select(violation => violation.Pointer), Is.EquivalentTo(new[] { "/inputs/a", "/inputs/b", "/outputs/z" }));
    }

    [TestCase("echo")]
    [TestCase("https://ogc.example/processes/echo")]
    [TestCase("https://ogc.example/processes/echo/?f=json")]
    public void Read_OfTheProcessThatIsExecuted_IsFine(string process) => Assert.DoesNotThrow(() => Read("{}", $$"""{"process": "{{process}}"}"""));

    [TestCase("other")]
    [TestCase("https://ogc.example/processes/echo/execution")]
    [TestCase("//")]
    public void Read_OfAnotherProcess_PointsAtIt(string process) =>
        Assert.That(Violations("{}", $$"""{"process": "{{process}}"}""").Single().Pointer, Is.EqualTo("/process"));

    [TestCase("raw", ResponseForm.Raw)]
    [TestCase("document", ResponseForm.Document)]
    public void Read_OfResponse_KeepsIt(string word, ResponseForm form) =>
        Assert.That(Read("{}", $$"""{"response": "{{word}}"}""").Response, Is.EqualTo(form));

    [Test]
    public void Read_OfAnotherResponse_SaysWhatItMayBe() =>
        Assert.That(Violations("{}", """{"response": "html"}"""), Is.EqualTo(new[] { ("/response", "must be 'raw' or 'document'") }));

    [Test]
    [Requirement("/req/core/process-execute-input-validation")]
    public void Read_OfEverythingWrong_TellsItAllAtOnce()
    {
        var violations = Violations(
            $$"""{"a": {{Text}}, "b": {{Count}}, "c": {{Tiff}}}""",
            """{"inputs": {"b": "x", "c": "??", "d": 1}, "outputs": {"z": {}}, "response": "html"}""");
        Assert.That(
            violations.Select(violation => violation.Pointer),
            Is.EquivalentTo(new[] { "/inputs/a", "/inputs/b", "/inputs/c", "/inputs/d", "/outputs/z", "/response" }));
    }

    private static string Wanting(string output, string format) => $$"""{"outputs": {"{{output}}": {"format": {{format}} } } }""";

    private static string Given(string value) => $$"""{"inputs": {"a": {{value}} } }""";

    [TestCase("\"\\ud800\"", "/inputs/a")]
    [TestCase("""{"value": "\ud800"}""", "/inputs/a/value")]
    [TestCase("""{"href": "http://x/\ud800"}""", "/inputs/a/href")]
    public void Read_OfHalfASurrogatePair_PointsAtIt(string value, string pointer)
    {
        var violations = Violations("""{"a": {"schema": {"type": "string"}}}""", $$"""{"inputs": {"a": {{value}} } }""");
        Assert.That(violations.Single().Pointer, Is.EqualTo(pointer));
    }

    [Test]
    public void Read_OfAValueThatIsTooLarge_IsRefused()
    {
        var large = new string('x', new RunnerOptions().MaxValueBytes);
        var violations = Violations("""{"a": {"schema": {"type": "string"}}}""", $$"""{"inputs": {"a": "{{large}}"} }""");
        Assert.That(violations.Single().Detail, Does.Contain("a value may have"));
    }

    [Test]
    [Requirement("/req/callback/job-callback")]
    public void Read_OfASubscriber_KeepsItsAddressesAndWhereTheApiIs()
    {
        var subscriber = Read("{}", """{"subscriber": {"successUri": "https://a.example/x?y=1", "failedUri": null, "successUrl": "no URL"}}""").Subscriber;
        Assert.That(subscriber, Is.EqualTo(new Domain.Jobs.Subscriber(new("https://a.example/x?y=1"), null, null, new("https://ogc.example/"))));
    }

    [TestCase("""{}""")]
    [TestCase("""{"subscriber": null}""")]
    [TestCase("""{"subscriber": {}}""")]
    [TestCase("""{"subscriber": {"successUrl": "https://a.example/"}}""")]
    public void Read_WithoutAnAddress_HasNoSubscriber(string body) => Assert.That(Read("{}", body).Subscriber, Is.Null);

    [Test]
    [Requirement("/req/callback/job-callback")]
    public void Read_OfAddressesThatCanNotBeCalled_PointsAtEach()
    {
        var violations = Violations(
            "{}", $$"""{"subscriber": {"successUri": "/relative", "inProgressUri": "ftp://a.example/", "failedUri": "https://a.example/{{new string('x', 2_000)}}"} }""");
        Assert.That(
            violations.Select(violation => violation.Pointer),
            Is.EquivalentTo(new[] { "/subscriber/successUri", "/subscriber/inProgressUri", "/subscriber/failedUri" }));
    }

    private static string Several(int least, string most) =>
        $$"""{"a": {"schema": {"type": "string"}, "minOccurs": {{least}}, "maxOccurs": {{most}} } }""";

    private static ExecuteRequest Read(string inputs, string body, Strictness strictness = Strictness.Strict)
    {
        var process = AProcess.Taking(inputs).Giving($$"""{"x": {{Tiff}}, "y": {{Text}}, "n": {{Count}}, "r": {{Record}}, "s": {{Described}} }""").Describe();
        var request = JsonSerializer.Deserialize<OgcProcesses.Application.Jobs.Execute.Execute>(body, JsonSerializerOptions.Web)!;
        return new InputReader(process, strictness, new FakeSchemas(), new FakeFetcher(), Uploads.OfAnna, new()).Read(request, new FakeLinks());
    }

    private static (string? Pointer, string Detail)[] Violations(string inputs, string body)
    {
        var refusal = Assert.Throws<OgcException>(() => Read(inputs, body));
        Assert.That(refusal!.Error.Status, Is.EqualTo(400));
        return [.. refusal.Violations.Select(violation => (violation.Pointer, violation.Detail))];
    }
}
