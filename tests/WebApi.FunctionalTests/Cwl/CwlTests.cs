using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Cwl;

internal sealed class CwlTests : ServerTests
{
    private const string Part2 = "http://www.opengis.net/def/exceptions/ogcapi-processes-2/1.0/";

    [TestCase("application/cwl")]
    [TestCase("application/cwl+yaml")]
    [TestCase("Application/CWL+YAML; charset=utf-8")]
    [Requirement("/req/cwl/body")]
    [Requirement("/req/cwl/deploy-body")]
    [AbstractTest("/conf/cwl/deploy-response")]
    [AbstractTest("/conf/cwl/deploy-response-body")]
    public async Task Deploy_Yaml_IsCreatedDescribedAndRuns(string mediaType)
    {
        var id = NewId();
        var deployed = await Server.PostAsync("/processes", Upper(id), mediaType: mediaType);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        Assert.That(deployed.Headers.Location, Is.EqualTo(new Uri(Server.Http.BaseAddress!, $"processes/{id}")));
        Assert.That(deployed.Json["title"]!.GetValue<string>(), Is.EqualTo("Upper case"));
        var described = await Server.GetAsync($"/processes/{id}");
        Assert.That(described.Json["inputs"]!["text"]!["schema"]!["type"]!.GetValue<string>(), Is.EqualTo("string"));
        Assert.That(described.Json["mutable"]!.GetValue<bool>(), Is.True);
        var executed = await Server.ExecuteAsync(id, """{"inputs":{"text":"grüß dich"},"response":"raw"}""");
        Assert.That(executed.Text, Is.EqualTo("<GRüß DICH>\n"));
    }

    [Test]
    [Requirement("/req/cwl/deploy-body")]
    public async Task Deploy_Json_IsCreatedAndRuns()
    {
        var id = NewId();
        var deployed = await Server.PostAsync("/processes", UpperJson(id), mediaType: "application/cwl+json");
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        Assert.That((await Server.ExecuteAsync(id, """{"inputs":{"text":"a"},"response":"raw"}""")).Text, Is.EqualTo("<A>\n"));
    }

    [Test]
    [AbstractTest("/conf/cwl/deploy-body")]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-duplicate")]
    public async Task Deploy_Twice_IsADuplicate()
    {
        var cwl = Upper(NewId());
        await Server.PostAsync("/processes", cwl, mediaType: "application/cwl+yaml");
        var refused = await Server.PostAsync("/processes", cwl, mediaType: "application/cwl+yaml");
        Assert.That(((int)refused.Status, refused.Type), Is.EqualTo((409, Part2 + "duplicated-process")));
    }

    [Test]
    [Requirement("/req/cwl/replace-body")]
    [AbstractTest("/conf/cwl/replace-body")]
    [AbstractTest("/conf/cwl/replace-response")]
    public async Task Replace_ByCwl_ChangesTheProcess()
    {
        var id = NewId();
        await Server.PostAsync("/processes", Upper(id), mediaType: "application/cwl+yaml");
        var replaced = await Server.SendAsync(
            HttpMethod.Put, $"/processes/{id}", Upper(id).Replace("Upper case", "Second edition", StringComparison.Ordinal), mediaType: "application/cwl+yaml");
        Assert.That((int)replaced.Status, Is.EqualTo(204), replaced.Text);
        Assert.That((await Server.GetAsync($"/processes/{id}")).Json["title"]!.GetValue<string>(), Is.EqualTo("Second edition"));
    }

    [Test]
    public async Task Replace_ByCwlWithoutAnId_KeepsTheProcesses()
    {
        var id = NewId();
        await Server.PostAsync("/processes", Upper(id), mediaType: "application/cwl");
        var replaced = await Server.SendAsync(
            HttpMethod.Put, $"/processes/{id}", Upper(id).Replace($"id: '#{id}'", "", StringComparison.Ordinal), mediaType: "application/cwl");
        Assert.That((int)replaced.Status, Is.EqualTo(204), replaced.Text);
    }

    [Test]
    public async Task Replace_ByCwlOfAnotherId_IsRefusedAtItsPlace()
    {
        var id = NewId();
        await Server.PostAsync("/processes", Upper(id), mediaType: "application/cwl");
        var refused = await Server.SendAsync(HttpMethod.Put, $"/processes/{id}", Upper("another"), mediaType: "application/cwl");
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { "/id" }));
    }

    [TestCase("application/cwl")]
    [TestCase("application/cwl+yaml")]
    [Requirement("/req/cwl/package-response-body")]
    public async Task Package_OfCwl_ComesBackByteForByte(string mediaType)
    {
        var id = NewId();
        var sent = $"\uFEFF{Upper(id).Replace("\n", "\r\n", StringComparison.Ordinal)}\r\n# the end: ü  ";
        await Server.PostAsync("/processes", sent, mediaType: mediaType);
        var back = await Server.GetAsync($"/processes/{id}/package");
        Assert.That((int)back.Status, Is.EqualTo(200), back.Text);
        Assert.That(back.MediaType, Is.EqualTo(mediaType));
        Assert.That(back.Body, Is.EqualTo(System.Text.Encoding.UTF8.GetBytes(sent)));
    }

    [Test]
    [Requirement("/req/cwl/package-response-body")]
    public async Task Package_OfCwlJson_ComesBackByteForByte()
    {
        var id = NewId();
        await Server.PostAsync("/processes", UpperJson(id), mediaType: "application/cwl+json");
        var back = await Server.GetAsync($"/processes/{id}/package", accept: "application/cwl+json");
        Assert.That((back.MediaType, back.Text), Is.EqualTo(("application/cwl+json", UpperJson(id))));
    }

    [Test]
    [Requirement("/req/cwl/execution-unit")]
    [Requirement("/req/cwl/package-response-body")]
    [Requirement("/req/ogcapppkg/package-response-body")]
    public async Task Deploy_PackageWithALink_FetchesTheTool()
    {
        var id = NewId();
        var package = $$$"""{"executionUnit":{"href":"{{{CwlFixture.Serve("upper.cwl", Upper(id))}}}","type":"application/cwl"}}""";
        var deployed = await Server.PostAsync("/processes", package, mediaType: "application/ogcapppkg+json");
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        Assert.That((await Server.ExecuteAsync(id, """{"inputs":{"text":"a"},"response":"raw"}""")).Text, Is.EqualTo("<A>\n"));
        var back = await Server.GetAsync($"/processes/{id}/package");
        Assert.That(back.MediaType, Is.EqualTo("application/ogcapppkg+json"));
        Assert.That(JsonNode.DeepEquals(back.Json, JsonNode.Parse(package)), Is.True, back.Text);
        var replaced = await Server.SendAsync(HttpMethod.Put, $"/processes/{id}", package, mediaType: "application/ogcapppkg+json");
        Assert.That((int)replaced.Status, Is.EqualTo(204), replaced.Text);
    }

    [Test]
    [Requirement("/req/cwl/execution-unit")]
    public async Task Deploy_PackageWithAValue_TakesItsTool()
    {
        var id = NewId();
        var package = $$$"""{"processDescription":{"title":"Mine"},"executionUnit":[{"value":{{{UpperJson(id)}}},"mediaType":"application/cwl+json"}]}""";
        var deployed = await Server.PostAsync("/processes", package, mediaType: "application/ogcapppkg+json");
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        Assert.That(deployed.Json["title"]!.GetValue<string>(), Is.EqualTo("Mine"));
        Assert.That((await Server.ExecuteAsync(id, """{"inputs":{"text":"a"},"response":"raw"}""")).Text, Is.EqualTo("<A>\n"));
    }

    [TestCase("http://127.0.0.1:9/tool.cwl")]
    [TestCase("http://169.254.169.254/latest/meta-data")]
    [TestCase("file:///etc/passwd")]
    [TestCase("tool.cwl")]
    public async Task Deploy_LinkThatLeadsNowhere_IsRefusedAtTheLink(string link)
    {
        var refused = await Server.PostAsync("/processes", $$$"""{"executionUnit":{"href":"{{{link}}}","type":"application/cwl"}}""");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { "/executionUnit/href" }));
    }

    [Test]
    public async Task Deploy_LinkToSomethingHuge_IsRefusedAtTheLink()
    {
        var link = CwlFixture.Serve("huge.cwl", new string('x', (4 << 20) + 1));
        var refused = await Server.PostAsync("/processes", $$$"""{"executionUnit":{"href":"{{{link}}}","type":"application/cwl"}}""");
        Assert.That(refused.Json["errors"]![0]!["detail"]!.GetValue<string>(), Does.Contain("4194304"));
    }

    [TestCase("", "first")]
    [TestCase("?w=second", "second")]
    [TestCase("?w=%23second", "second")]
    [Requirement("/req/cwl/deploy-w-param")]
    public async Task Deploy_SeveralWorkflows_TakesTheOneThatIsAskedFor(string query, string name)
    {
        var (first, second) = (NewId(), NewId());
        var cwl = Graph(first, second);
        var deployed = await Server.PostAsync($"/processes{query.Replace("second", second, StringComparison.Ordinal)}", cwl, mediaType: "application/cwl");
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var id = name == "first" ? first : second;
        Assert.That(deployed.Json["id"]!.GetValue<string>(), Is.EqualTo(id));
        Assert.That((await Server.ExecuteAsync(id, """{"inputs":{"words":"a"},"response":"raw"}""")).Text, Is.EqualTo("<A>\n"));
    }

    [TestCase("POST", "")]
    [TestCase("PUT", "/{0}")]
    [Requirement("/req/cwl/deploy-exception-workflow-not-found")]
    public async Task Deploy_UnknownWorkflow_IsNotFound(string method, string path)
    {
        var id = NewId();
        if (method == "PUT") await Server.PostAsync("/processes", Graph(id, NewId()), mediaType: "application/cwl");
        var refused = await Server.SendAsync(
            new(method), "/processes" + path.Replace("{0}", id, StringComparison.Ordinal) + "?w=nobody", Graph(id, NewId()), mediaType: "application/cwl");
        Assert.That(((int)refused.Status, refused.Type), Is.EqualTo((400, Part2 + "workflow-not-found")));
    }

    [Test]
    public async Task Deploy_WhatIsNotSupported_TellsEverythingThatIsInTheWay()
    {
        var refused = await Server.PostAsync(
            "/processes",
            """
            cwlVersion: v1.2
            class: CommandLineTool
            id: impossible
            requirements:
              - class: InlineJavascriptRequirement
              - class: InitialWorkDirRequirement
                listing: []
            arguments: [$(inputs.x.toUpperCase())]
            inputs:
              x: Directory
              y: {type: File, secondaryFiles: [.bai]}
            outputs: []
            """,
            mediaType: "application/cwl+yaml");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.EquivalentTo(new[] { "", "/requirements/1", "/arguments/0", "/inputs/x", "/inputs/y/secondaryFiles" }));
    }

    [TestCase("a: [", "application/cwl+yaml", "line 2")]
    [TestCase("a: 1\na: 2", "application/cwl", "line 2")]
    [TestCase("{\"a\": }", "application/cwl+json", "line 1")]
    [TestCase("# nothing", "application/cwl", "holds nothing")]
    [TestCase("a: &a [x]\nb: *b", "application/cwl", "line 2")]
    public async Task Deploy_MalformedText_TellsThePlace(string text, string mediaType, string place)
    {
        var refused = await Server.PostAsync("/processes", text, mediaType: mediaType);
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain(place));
    }

    [Test]
    public async Task Deploy_ABomb_Is400AndTheServerGoesOn()
    {
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 20).Select(level =>
            $"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 10))}]\n"));
        Assert.That((int)(await Server.PostAsync("/processes", bomb, mediaType: "application/cwl")).Status, Is.EqualTo(400));
        Assert.That((int)(await Server.PostAsync("/processes", new string('[', 1 << 20), mediaType: "application/cwl")).Status, Is.EqualTo(400));
        Assert.That((int)(await Server.PostAsync("/processes", new string('x', (4 << 20) + 1), mediaType: "application/cwl")).Status, Is.EqualTo(400));
        Assert.That((int)(await Server.GetAsync("/health/live")).Status, Is.EqualTo(200));
    }

    [Test]
    [AbstractTest("/conf/cwl/deploy-response")]
    public async Task Flow_OfTheOfficialSuite_WorksFromDeploymentToUndeployment()
    {
        var id = NewId();
        Assert.That((int)(await Server.SendAsync(HttpMethod.Put, "/processes/null", "", mediaType: "text/plain")).Status, Is.EqualTo(415));
        Assert.That((int)(await Server.PostAsync("/processes", Upper(id), mediaType: "application/cwl+yaml")).Status, Is.EqualTo(201));
        Assert.That((int)(await Server.PostAsync("/processes", Upper(id), mediaType: "application/cwl+yaml")).Status, Is.EqualTo(409));
        Assert.That((int)(await Server.SendAsync(HttpMethod.Put, $"/processes/{id}", Upper(id), mediaType: "application/cwl+yaml")).Status, Is.EqualTo(204));
        Assert.That((int)(await Server.GetAsync($"/processes/{id}/package")).Status, Is.EqualTo(200));
        Assert.That((int)(await Server.DeleteAsync($"/processes/{id}")).Status, Is.EqualTo(204));
    }

    [Test]
    public async Task Execute_AToolThatIsNotInItsImage_TellsSo()
    {
        var id = NewId();
        await Server.PostAsync("/processes", Upper(id).Replace("baseCommand: [sh,", "baseCommand: [none,", StringComparison.Ordinal), mediaType: "application/cwl");
        var failed = await Server.RunAsync(id, """{"inputs":{"text":"a"}}""");
        Assert.That(failed.Json["status"]!.GetValue<string>(), Is.EqualTo("failed"));
        Assert.That(failed.Json["message"]!.GetValue<string>(), Does.Contain("127"));
    }

    [Test]
    [Requirement("/req/core/conformance-success")]
    public async Task Conformance_DeclaresCwl() => Assert.That(
        (await Server.GetAsync("/conformance")).Text, Does.Contain("http://www.opengis.net/spec/ogcapi-processes-2/1.0/conf/cwl"));

    private static string NewId() => $"cwl-{Guid.NewGuid():N}";

    private static string Upper(string id) => $$$"""
        cwlVersion: v1.2
        class: CommandLineTool
        id: '#{{{id}}}'
        label: Upper case
        requirements:
          DockerRequirement: {dockerPull: "{{{CwlFixture.Image}}}"}
        baseCommand: [sh, -c, 'echo "<$1>" | tr a-z A-Z', tool]
        inputs:
          text: {type: string, inputBinding: {}}
        stdout: upper.txt
        outputs:
          upper: stdout
        """;

    private static string UpperJson(string id) => $$$"""
        { "cwlVersion": "v1.0", "class": "CommandLineTool", "id": "{{{id}}}",
          "hints": [{"class": "DockerRequirement", "dockerPull": "{{{CwlFixture.Image}}}"}],
          "baseCommand": ["sh", "-c", "echo \"<$1>\" | tr a-z A-Z", "tool"],
          "inputs": [{"id": "text", "type": "string", "inputBinding": {"position": 1}}],
          "outputs": [{"id": "upper", "type": "stdout"}] }
        """;

    private static string Graph(string first, string second) => $$$"""
        cwlVersion: v1.2
        $graph:
          - {{{UpperJson("tool").Replace("\n", "", StringComparison.Ordinal)}}}
          - {{{OneStep(first)}}}
          - {{{OneStep(second)}}}
        """;

    private static string OneStep(string id) => $$$"""
        {"class": "Workflow", "id": "#{{{id}}}", "inputs": {"words": "string"}, "steps": {"s": {"run": "#tool", "in": {"text": "words"}, "out": ["upper"]}}, "outputs": {"o": {"type": "File", "outputSource": "s/upper"}} }
        """;
}
