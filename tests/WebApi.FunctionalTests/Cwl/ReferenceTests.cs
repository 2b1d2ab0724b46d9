using System.Diagnostics;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Cwl;

/// <summary>The same tools and inputs give the same outputs as by cwltool, the reference implementation of CWL.</summary>
internal sealed class ReferenceTests : ServerTests
{
    private const string Program = "/usr/bin/cwltool";

    /// <summary>Writes each argument on a line of its own.</summary>
    private const string ShowArguments = """baseCommand: [sh, -c, 'for a; do echo "<$a>"; done', show]""";

    private static readonly (string Name, string Content)[] NoFiles = [];

    private static IEnumerable<TestCaseData> Tools()
    {
        yield return Case(
            "Scalars", "v1.2",
            $$$"""
            {{{ShowArguments}}}
            arguments: [first, {valueFrom: last, position: 99}, {valueFrom: "$(inputs.text)-$(inputs.number)-$(inputs.flag)", prefix: --mixed=, separate: false}]
            inputs:
              text: {type: string, inputBinding: {prefix: --text, position: 2}}
              number: {type: int, inputBinding: {prefix: -n, separate: false, position: 1}}
              real: {type: double, inputBinding: {}}
              flag: {type: boolean, inputBinding: {prefix: --flag, position: 3}}
              off: {type: boolean, inputBinding: {prefix: --off}}
              bare: {type: boolean, inputBinding: {}}
              absent: {type: string?, inputBinding: {prefix: --absent}}
              choice: {type: {type: enum, symbols: [one, two], inputBinding: {prefix: --choice} } }
              standard: {type: string, default: "as ever", inputBinding: {prefix: --standard}}
            stdout: out.txt
            outputs: {shown: stdout}
            """,
            """{"text": "two words; $(id) 'q' \"d\" \\ é", "number": -3, "real": 0.25, "flag": true, "off": false, "bare": true, "choice": "two"}""");
        yield return Case(
            "Arrays", "v1.2",
            $$$"""
            {{{ShowArguments}}}
            inputs:
              a: {type: "string[]", inputBinding: {prefix: -a, position: 1}}
              b: {type: "int[]", inputBinding: {prefix: -b, itemSeparator: ",", position: 2}}
              c: {type: {type: array, items: string, inputBinding: {prefix: -c}}, inputBinding: {position: 3}}
              d: {type: {type: array, items: string, inputBinding: {prefix: -d=, separate: false}}, inputBinding: {prefix: --all, position: 4}}
              e: {type: "string[]", inputBinding: {prefix: -e, position: 5}}
              f: {type: ["null", {type: array, items: int}], inputBinding: {prefix: -f, position: 6}}
              g: {type: "boolean[]", inputBinding: {prefix: -g, position: 7}}
              h: {type: "string[]", inputBinding: {valueFrom: "$(inputs.a)", prefix: -h, position: 8}}
            stdout: out.txt
            outputs: {shown: stdout}
            """,
            """{"a": ["x", "y z"], "b": [1, 2, 3], "c": ["p", "q"], "d": ["r", "s"], "e": [], "g": [true, false], "h": ["unused"]}""");
        yield return Case(
            "Files", "v1.2",
            $$$"""
            {{{ShowArguments}}}
            inputs:
              f: {type: File, inputBinding: {valueFrom: "$(self.basename)|$(self.nameroot)|$(self.nameext)|$(inputs.many.basename)", position: 1}}
              many: {type: File}
              g: {type: {type: array, items: File, inputBinding: {prefix: -g, valueFrom: $(self.nameroot)}}, inputBinding: {position: 2}}
            arguments: [{valueFrom: "$(inputs['f']['basename'])"}]
            stdout: $(inputs.f.nameroot).list
            outputs: {shown: {type: stdout}}
            """,
            """{"f": {"class": "File", "path": "scene.b4.txt"}, "many": {"class": "File", "path": "other"}, "g": [{"class": "File", "path": "a.csv"}, {"class": "File", "path": "b.csv"}]}""",
            ("scene.b4.txt", "1"), ("other", "2"), ("a.csv", "3"), ("b.csv", "4"));
        yield return Case(
            "Contents", "v1.0",
            """
            baseCommand: cat
            inputs:
              - {id: files, type: {type: array, items: File}, inputBinding: {position: 1}}
            outputs:
              - {id: joined, type: File, outputBinding: {glob: joined.txt}}
            stdout: joined.txt
            """,
            """{"files": [{"class": "File", "path": "b.txt"}, {"class": "File", "path": "a.txt"}]}""",
            ("a.txt", "from a\n"), ("b.txt", "from b, without an end"));
        yield return Case(
            "Streams", "v1.1",
            """
            baseCommand: [sh, -c, 'tr a-z A-Z; echo "warning: $0" >&2', tool]
            stdin: $(inputs.text.path)
            stdout: upper.txt
            stderr: $(inputs.text.nameroot).log
            inputs: {text: File}
            outputs: {upper: stdout, problems: stderr}
            """,
            """{"text": {"class": "File", "path": "lower.txt"}}""",
            ("lower.txt", "some\ntext"));
        yield return Case(
            "StdinInput", "v1.1",
            """
            baseCommand: [wc, -c]
            stdout: count
            inputs: {text: stdin}
            outputs: {count: stdout}
            """,
            """{"text": {"class": "File", "path": "lower.txt"}}""",
            ("lower.txt", new string('x', 100_000)));
        yield return Case(
            "Environment", "v1.2",
            """
            requirements:
              EnvVarRequirement:
                envDef: {PLAIN: a b, OF_INPUT: "<$(inputs.text)>", OF_FILE: $(inputs.file.basename), ESCAPED: "\\$(x) $(inputs.text)", DOLLAR: $5}
            baseCommand: [sh, -c, 'echo "$PLAIN|$OF_INPUT|$OF_FILE|$ESCAPED|$DOLLAR"; test "$HOME" = "$PWD" && echo home; cd "$TMPDIR" && touch x && echo temporary']
            inputs: {text: string, file: File}
            stdout: out.txt
            outputs: {shown: stdout}
            """,
            """{"text": "$HOME `id`", "file": {"class": "File", "path": "f.txt"}}""",
            ("f.txt", ""));
        yield return Case(
            "Globs", "v1.2",
            """
            baseCommand: [sh, -c, 'mkdir sub; echo 1 > a.csv; echo 2 > b.csv; echo 3 > sub/c.csv; echo 4 > "$1.txt"; printf "text\nof two lines" > text', tool]
            inputs: {name: {type: string, inputBinding: {}}}
            outputs:
              tables: {type: "File[]", outputBinding: {glob: "*.csv"}}
              deep: {type: File, outputBinding: {glob: sub/?.csv}}
              named: {type: File, outputBinding: {glob: $(inputs.name).txt}}
              either: {type: File, outputBinding: {glob: [none, "[b]*.csv"]}}
              absent: {type: File?, outputBinding: {glob: "*.none"}}
              whole: {type: File, outputBinding: {glob: "$(runtime.outdir)/sub/c.csv"}}
              words: {type: string, outputBinding: {glob: text, loadContents: true, outputEval: "$(self[0].contents)"}}
            """,
            """{"name": "my name"}""");
        yield return Case(
            "Runtime", "v1.0",
            $$$"""
            hints: {ResourceRequirement: {coresMin: 1, ramMin: 100}}
            {{{ShowArguments}}}
            arguments: [$(runtime.cores), $(runtime.ram), "c=$(runtime.cores)"]
            inputs: []
            stdout: out.txt
            outputs: {shown: {type: stdout}}
            """,
            "{}");
        yield return new TestCaseData(
            $$$"""
            cwlVersion: v1.2
            $graph:
              - class: CommandLineTool
                id: tool
                requirements: {DockerRequirement: {dockerPull: "{{{CwlFixture.Image}}}"}}
                {{{ShowArguments}}}
                inputs:
                  text: {type: string, inputBinding: {prefix: -t}}
                  flag: {type: boolean, inputBinding: {prefix: -f}}
                  list: {type: "string[]", default: [p, q], inputBinding: {prefix: -l, itemSeparator: ":"}}
                  number: {type: int?, inputBinding: {prefix: -n}}
                  none: {type: string?, inputBinding: {prefix: --none}}
                stdout: $(inputs.text)-$(inputs.number)-$(inputs.none).txt
                outputs: {shown: stdout}
              - class: Workflow
                id: main
                inputs: {words: string, number: int?}
                steps:
                  - {id: only, run: "#tool", in: {text: words, flag: {default: true}, number: {source: number, default: 7}}, out: [shown]}
                outputs: {result: {type: File, outputSource: only/shown}}
            """,
            """{"words": "hi"}""", NoFiles).SetArgDisplayNames("Workflow");
    }

    [TestCaseSource(nameof(Tools))]
    [Requirement("/req/cwl/execution-unit")]
    public async Task Outputs_AreThoseOfTheReference(string cwl, string inputs, (string Name, string Content)[] files)
    {
        if (!File.Exists(Program)) Assert.Ignore("cwltool is not installed: apt-get install cwltool");
        var id = $"reference-{Guid.NewGuid():N}";
        var deployed = await Server.PostAsync(
            "/processes", cwl.Replace("id: main", $"id: {id}", StringComparison.Ordinal).Replace("class: CommandLineTool\nid: tool", $"class: CommandLineTool\nid: {id}", StringComparison.Ordinal),
            mediaType: "application/cwl+yaml");
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var expected = ReferenceAsync(cwl, inputs, files);
        var ours = await OursAsync(id, inputs, files);
        Assert.That(ours, Is.EqualTo(await expected));
    }

    private static TestCaseData Case(string name, string version, string tool, string inputs, params (string Name, string Content)[] files)
    {
        // A case may have requirements of its own, so that the image is a hint.
        var docker = $"DockerRequirement: {{dockerPull: \"{CwlFixture.Image}\"}}";
        var text = $"cwlVersion: {version}\nclass: CommandLineTool\nid: tool\n" + (tool.Contains("hints: {", StringComparison.Ordinal)
            ? tool.Replace("hints: {", $"hints: {{{docker}, ", StringComparison.Ordinal)
            : $"hints: {{{docker}}}\n{tool}");
        return new TestCaseData(text.ReplaceLineEndings("\n"), inputs, files).SetArgDisplayNames(name);
    }

    /// <summary>Outputs by name: the contents of files, or values.</summary>
    private static async Task<string> OursAsync(string id, string inputs, (string Name, string Content)[] files)
    {
        var links = files.ToDictionary(file => file.Name, file => CwlFixture.Serve(file.Name, file.Content));
        var request = new JsonObject { ["inputs"] = Linked(JsonNode.Parse(inputs), links), ["response"] = "document" };
        var answer = await Server.ExecuteAsync(id, request.ToJsonString());
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        var outputs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in answer.Json.AsObject())
        {
            var contents = new List<string>();
            foreach (var one in value is JsonArray several ? several : [value!.DeepClone()])
                contents.Add(one is JsonObject file ? $"{file["title"]}: {(await Server.GetAsync(new Uri(file["href"]!.GetValue<string>()).PathAndQuery)).Text}" : one!.GetValue<string>());
            outputs[name] = string.Join('\n', contents);
        }

        return Shown(outputs);
    }

    private static JsonNode? Linked(JsonNode? value, Dictionary<string, string> links) => value switch
    {
        JsonObject file when file["class"] is not null => new JsonObject { ["href"] = links[file["path"]!.GetValue<string>()] },
        JsonObject all => new JsonObject(all.Select(one => KeyValuePair.Create(one.Key, Linked(one.Value, links)))),
        JsonArray several => new JsonArray([.. several.Select(one => Linked(one, links))]),
        _ => value?.DeepClone(),
    };

    private static async Task<string> ReferenceAsync(string cwl, string inputs, (string Name, string Content)[] files)
    {
        var folder = Directory.CreateTempSubdirectory("ogc-cwl-").FullName;
        try
        {
            foreach (var (name, content) in files) await File.WriteAllTextAsync(Path.Combine(folder, name), content);
            await File.WriteAllTextAsync(Path.Combine(folder, "tool.cwl"), cwl);
            await File.WriteAllTextAsync(Path.Combine(folder, "inputs.json"), inputs);
            using var process = Process.Start(new ProcessStartInfo(
                Program, ["--quiet", "--disable-pull", "--outdir", Path.Combine(folder, "out"), "tool.cwl", "inputs.json"])
            {
                WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var errors = process.StandardError.ReadToEndAsync();
            var answer = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.That(process.ExitCode, Is.Zero, await errors);
            var outputs = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in JsonNode.Parse(answer)!.AsObject())
                if (value is not null) outputs[name] = string.Join('\n', (value is JsonArray several ? several : [value.DeepClone()]).Select(Content));
            return Shown(outputs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Content(JsonNode? value) => value is JsonObject file
        ? $"{file["basename"]}: {File.ReadAllText(file["path"]!.GetValue<string>())}"
        : value!.GetValue<string>();

    private static string Shown(SortedDictionary<string, string> outputs) => string.Join("\n\n", outputs.Select(output => $"{output.Key} =\n{output.Value}"));
}
