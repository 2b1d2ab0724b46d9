using System.Text.Json;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Processes.Deploy;

internal sealed class PackageReaderTests
{
    private static readonly RunnerOptions Limits = new()
    {
        CpuBudget = 4, MemoryBudget = 8_000_000_000, MaxTimeout = TimeSpan.FromHours(1), MaxOutputBytes = 10_000_000_000,
    };

    [Test]
    [Requirement("/req/ogcapppkg/body")]
    public void Read_OfBothShapesOfTheDescription_GivesTheSame()
    {
        var (plain, nested) = (Read(APackage.Plain()), Read(APackage.Nested()));
        Assert.That(plain.Description.Id, Is.EqualTo(new ProcessId("echo")));
        Assert.That(nested.Description.Document.GetRawText(), Is.EqualTo(plain.Description.Document.GetRawText()));
    }

    [Test]
    public void Read_OfTheOfficialSuitesPackage_IsFine()
    {
        var package = Read(APackage.OfTheOfficialSuite());
        Assert.Multiple(() =>
        {
            Assert.That(package.Description.Id.Value, Is.EqualTo("BandMath"));
            Assert.That(package.Description.Inputs["il"].MaxOccurs, Is.EqualTo(1024));
            Assert.That(package.Unit.Image, Is.EqualTo("otbtf/4.1.0-cpu"));
        });
    }

    [TestCase("docker://registry.example:5000/a/b:1", "registry.example:5000/a/b:1")]
    [TestCase("busybox@sha256:0123456789abcdef", "busybox@sha256:0123456789abcdef")]
    public void Read_OfAnImage_TakesTheReference(string written, string image) =>
        Assert.That(Read(APackage.Plain().With("/executionUnit/image", JsonSerializer.Serialize(written))).Unit.Image, Is.EqualTo(image));

    [Test]
    public void Read_OfAFullUnit_TakesEverythingOver()
    {
        var unit = Read(APackage.Plain()
            .With("/executionUnit/type", "\"oci\"")
            .With("/executionUnit/command", """["python", "-m", "tool"]""")
            .With("/executionUnit/environment", """{"TZ": "UTC"}""")
            .With("/executionUnit/config", """
                {"cpuMin": 0.5, "cpuMax": 4, "memoryMin": 0.25, "memoryMax": 8, "storageTempMin": 1, "storageOutputsMin": 10, "jobTimeout": 90}
                """)
            .With("/executionUnit/retry", """{"limit": 1, "ownFailures": true}""")
            .With("/executionUnit/bindings/inputBindings/a", """
                {"prefix": "--in", "separate": false, "position": -2, "itemSeparator": ",", "valueFrom": "$(self.path)", "shellQuote": true}
                """)
            .With("/executionUnit/bindings/outputBindings/out", """{"glob": ["$(inputs.a).tif", "*.png"]}""")).Unit;
        Assert.Multiple(() =>
        {
            Assert.That(unit.Command, Is.EqualTo(new[] { "python", "-m", "tool" }));
            Assert.That(unit.Retry, Is.EqualTo(new RetryPolicy { Limit = 1, OwnFailures = true }));
            Assert.That(unit.Environment, Is.EqualTo(new Dictionary<string, string> { ["TZ"] = "UTC" }));
            Assert.That(unit.Resources, Is.EqualTo(new ResourceRequirements
            {
                CpuMin = 0.5, CpuMax = 4, MemoryMin = 250_000_000, MemoryMax = 8_000_000_000,
                StorageTempMin = 1_000_000_000, StorageOutputsMin = 10_000_000_000, JobTimeout = TimeSpan.FromSeconds(90),
            }));
            var binding = unit.InputBindings["a"];
            Assert.That((binding.Prefix, binding.Separate, binding.Position, binding.ItemSeparator, binding.ValueFrom?.Source), Is.EqualTo(("--in", false, -2, ",", "$(self.path)")));
            Assert.That(unit.OutputBindings["out"].Glob.Select(glob => glob.Source), Is.EqualTo(new[] { "$(inputs.a).tif", "*.png" }));
        });
    }

    [Test]
    public void Read_OfStandardOutputInAFileAndAsAnOutput_IsRefused() => Assert.That(
        Pointers(APackage.Plain().With("/executionUnit/stdout", "\"a.txt\"").With("/executionUnit/bindings/outputBindings/out", """{"stdout": true}""")),
        Is.EqualTo(new[] { "/executionUnit/bindings/outputBindings/out/stdout" }));

    [Test]
    public void Read_OfTheLeastUnit_LeavesTheImageAsItIs()
    {
        var unit = Read(APackage.Plain()).Unit;
        Assert.That((unit.Command, unit.Network, unit.Resources), Is.EqualTo(((IReadOnlyList<string>?)null, false, new ResourceRequirements())));
    }

    [Test]
    public void Read_OfHostSettings_TakesNothingOver()
    {
        var plain = Read(APackage.Plain()).Unit;
        var unit = Read(APackage.Plain()
            .With("/executionUnit/HostConfig", """{"Privileged": true, "Binds": ["/:/host"]}""")
            .With("/executionUnit/config/network", "\"host\"")
            .With("/executionUnit/user", "\"root\"")).Unit;
        Assert.That(
            JsonSerializer.Serialize(unit), Is.EqualTo(JsonSerializer.Serialize(plain)));
    }

    [Test]
    public void Read_OfStdoutBinding_NeedsNoGlob() =>
        Assert.That(Read(APackage.Plain().With("/executionUnit/bindings/outputBindings/out", """{"stdout": true}""")).Unit.OutputBindings["out"].Stdout, Is.True);

    [TestCase("/executionUnit/config")]
    [TestCase("/executionUnit/bindings")]
    [TestCase("/executionUnit/environment")]
    [TestCase("/executionUnit/network")]
    public void Read_OfAMemberOfTheUnitThatIsNull_CountsAsAbsent(string member)
    {
        var unit = Read(APackage.Plain().With(member, "null")).Unit;
        Assert.That(JsonSerializer.Serialize(unit), Is.EqualTo(JsonSerializer.Serialize(Read(APackage.Plain()).Unit)));
    }

    [Test]
    public void Read_OfUnboundedOccurrences_IsFine() =>
        Assert.That(Read(APackage.Plain().With("/processDescription/inputs/a/maxOccurs", "\"unbounded\"")).Description.Inputs["a"].MaxOccurs, Is.Null);

    [Test]
    public void Read_OfAKeywordThatIsNotEnforced_WarnsWithItsPlace() =>
        Assert.That(
            Read(APackage.Nested().With("/processDescription/process/inputs/a/schema/x-warned", "1")).Warnings,
            Is.EqualTo(new[] { "/processDescription/process/inputs/a/schema: 'x-warned' is not enforced" }));

    [Test]
    public void Read_OfANetwork_WhereTheOperatorAllowsIt_IsFine()
    {
        var reader = new PackageReader(new FakeSchemas(), new() { Networks = ["bridge"] });
        Assert.That(reader.Read(APackage.Plain().With("/executionUnit/network", "true").Build())?.Unit.Network, Is.True);
        Assert.That(reader.Read(APackage.Plain().With("/executionUnit/network", "\"bridge\"").Build())?.Unit.NetworkName, Is.EqualTo("bridge"));
    }

    [TestCase("/executionUnit/network", "true", "Runner:Networks")]
    [TestCase("/executionUnit/network", "\"bridge\"", "Runner:Networks")]
    [TestCase("/executionUnit/network", "\"host\"", "Runner:Networks")]
    [TestCase("/executionUnit/config/gpus", "1", "Runner:Gpus")]
    [TestCase("/executionUnit/environment", """{"LD_PRELOAD": {"valueFrom": "$(inputs.a)"}}""", "which code")]
    [TestCase("/executionUnit/environment", """{"PATH": {"valueFrom": "/bin:$(inputs.a)"}}""", "which code")]
    public void Read_OfWhatTheOperatorHasNotOpened_IsRefusedAndNamesTheSetting(string member, string value, string reason)
    {
        var reader = new PackageReader(new FakeSchemas(), new());
        Assert.That(reader.Read(APackage.Plain().With(member, value).Build()), Is.Null);
        Assert.That(reader.Violations.Single().Pointer, Does.StartWith(member));
        Assert.That(reader.Violations.Single().Detail, Does.Contain(reason));
    }

    [TestCase("/executionUnit/network", "\"host\"", "bridge, internal")]
    [TestCase("/executionUnit/network", "7", "true or false")]
    [TestCase("/executionUnit/config/gpus", "3", "(2)")]
    [TestCase("/executionUnit/config/gpus", "-1", "integer")]
    [TestCase("/executionUnit/config/gpus", "\"all\"", "integer")]
    [TestCase("/executionUnit/image", "\"evil.example/busybox:1\"", "Runner:AllowedImages")]
    public void Read_OfMoreThanTheOperatorHasOpened_IsRefused(string member, string value, string reason)
    {
        var reader = new PackageReader(new FakeSchemas(), new() { Networks = ["bridge", "internal"], Gpus = ["0", "1"], AllowedImages = ["busybox"] });
        Assert.That(reader.Read(APackage.Plain().With(member, value).Build()), Is.Null);
        Assert.That(reader.Violations.Select(violation => violation.Detail), Has.One.Contains(reason));
    }

    [Test]
    public void Read_OfGpus_WhereTheNodeHasThem_IsFine()
    {
        var reader = new PackageReader(new FakeSchemas(), new() { Gpus = ["0", "1"] });
        Assert.That(reader.Read(APackage.Plain().With("/executionUnit/config/gpus", "2").Build())?.Unit.Resources.Gpus, Is.EqualTo(2));
    }

    // What is wrong, where it is put, and where the violation points.
    [TestCase("/processDescription", null, "/processDescription")]
    [TestCase("/processDescription", "[]", "/processDescription")]
    [TestCase("/processDescription/id", null, "/processDescription/id")]
    [TestCase("/processDescription/id", "7", "/processDescription/id")]
    [TestCase("/processDescription/id", "\"a/b\"", "/processDescription/id")]
    [TestCase("/processDescription/title", "7", "/processDescription/title")]
    [TestCase("/processDescription/version", "1.0", "/processDescription/version")]
    [TestCase("/processDescription/description", "{}", "/processDescription/description")]
    [TestCase("/processDescription/jobControlOptions", "[]", "/processDescription/jobControlOptions")]
    [TestCase("/processDescription/jobControlOptions", """["dismiss"]""", "/processDescription/jobControlOptions")]
    [TestCase("/processDescription/jobControlOptions", """["sync"]""", "/processDescription/jobControlOptions")]
    [TestCase("/processDescription/jobControlOptions", "\"sync-execute\"", "/processDescription/jobControlOptions")]
    [TestCase("/processDescription/keywords", "\"a\"", "/processDescription/keywords")]
    [TestCase("/processDescription/keywords", "[\"a\", 7]", "/processDescription/keywords/1")]
    [TestCase("/processDescription/metadata", "{}", "/processDescription/metadata")]
    [TestCase("/processDescription/metadata", """[{"title": 7}]""", "/processDescription/metadata/0/title")]
    [TestCase("/processDescription/additionalParameters", "7", "/processDescription/additionalParameters")]
    [TestCase("/processDescription/additionalParameters", """[{"name": "a"}]""", "/processDescription/additionalParameters/0")]
    [TestCase("/processDescription/additionalParameters", """{"parameters": [{"value": [1]}]}""", "/processDescription/additionalParameters/parameters/0/name")]
    [TestCase("/processDescription/inputs/a/title", "7", "/processDescription/inputs/a/title")]
    [TestCase("/processDescription/outputs/out/keywords", "7", "/processDescription/outputs/out/keywords")]
    [TestCase("/processDescription/links", "{}", "/processDescription/links")]
    [TestCase("/processDescription/links", """["x"]""", "/processDescription/links/0")]
    [TestCase("/processDescription/links", """[{"href": "https://a"}, {"rel": "license"}]""", "/processDescription/links/1/href")]
    [TestCase("/processDescription/inputs", "[]", "/processDescription/inputs")]
    [TestCase("/processDescription/inputs/b", "true", "/processDescription/inputs/b")]
    [TestCase("/processDescription/inputs/b", "{}", "/processDescription/inputs/b/schema")]
    [TestCase("/processDescription/inputs/b", """{"schema": "string"}""", "/processDescription/inputs/b/schema")]
    [TestCase("/processDescription/inputs/b", """{"schema": {"type": "text"}}""", "/processDescription/inputs/b/schema")]
    [TestCase("/processDescription/inputs/a/minOccurs", "-1", "/processDescription/inputs/a/minOccurs")]
    [TestCase("/processDescription/inputs/a/minOccurs", "1.5", "/processDescription/inputs/a/minOccurs")]
    [TestCase("/processDescription/inputs/a/minOccurs", "2", "/processDescription/inputs/a/maxOccurs")]
    [TestCase("/processDescription/inputs/a/maxOccurs", "0", "/processDescription/inputs/a/maxOccurs")]
    [TestCase("/processDescription/inputs/a/maxOccurs", "\"many\"", "/processDescription/inputs/a/maxOccurs")]
    [TestCase("/processDescription/inputs/a b", """{"schema": {}}""", "/processDescription/inputs/a b")]
    [TestCase("/processDescription/inputs/..", """{"schema": {}}""", "/processDescription/inputs/..")]
    [TestCase("/processDescription/inputs/a~b", """{"schema": {}}""", "/processDescription/inputs/a~0b")]
    [TestCase("/processDescription/outputs/b", "{}", "/processDescription/outputs/b/schema")]
    [TestCase("/processDescription/outputs/out/minOccurs", "\"0\"", "/processDescription/outputs/out/minOccurs")]
    [TestCase("/executionUnit", null, "/executionUnit")]
    [TestCase("/executionUnit", "[]", "/executionUnit")]
    [TestCase("/executionUnit/type", null, "/executionUnit/type")]
    [TestCase("/executionUnit/type", "\"cwl\"", "/executionUnit/type")]
    [TestCase("/executionUnit/image", null, "/executionUnit/image")]
    [TestCase("/executionUnit/image", "\"--privileged\"", "/executionUnit/image")]
    [TestCase("/executionUnit/image", "\"a b\"", "/executionUnit/image")]
    [TestCase("/executionUnit/command", "\"sh -c 'rm -rf /'\"", "/executionUnit/command")]
    [TestCase("/executionUnit/keepEntrypoint", "1", "/executionUnit/keepEntrypoint")]
    [TestCase("/executionUnit/arguments", "\"a\"", "/executionUnit/arguments")]
    [TestCase("/executionUnit/arguments", "[\"a\", 7]", "/executionUnit/arguments/1")]
    [TestCase("/executionUnit/arguments", "[\"$(inputs.b)\"]", "/executionUnit/arguments/0")]
    [TestCase("/executionUnit/arguments", """[{"value": "a\u0000b"}]""", "/executionUnit/arguments/0/value")]
    [TestCase("/executionUnit/arguments", """[{"value": "x", "ifGiven": "b"}]""", "/executionUnit/arguments/0/ifGiven")]
    [TestCase("/executionUnit/arguments", """[{"value": [1], "items": {"prefix": 7}}]""", "/executionUnit/arguments/0/items/prefix")]
    [TestCase("/executionUnit/stdin", "\"${x}\"", "/executionUnit/stdin")]
    [TestCase("/executionUnit/stderr", "7", "/executionUnit/stderr")]
    [TestCase("/executionUnit/environment/A", """{"valueFrom": "$(inputs.b)"}""", "/executionUnit/environment/A/valueFrom")]
    [TestCase("/executionUnit/environment/A", "{}", "/executionUnit/environment/A/valueFrom")]
    [TestCase("/executionUnit/command", "[]", "/executionUnit/command")]
    [TestCase("/executionUnit/command", """["sh", 1]""", "/executionUnit/command")]
    [TestCase("/executionUnit/environment", "[]", "/executionUnit/environment")]
    [TestCase("/executionUnit/environment", """{"A": 1}""", "/executionUnit/environment/A")]
    [TestCase("/executionUnit/environment", """{"A-B": "1"}""", "/executionUnit/environment/A-B")]
    [TestCase("/executionUnit/environment", """{"A/B": "1"}""", "/executionUnit/environment/A~1B")]
    [TestCase("/executionUnit/environment", """{"OGC_JOB_ID": "1"}""", "/executionUnit/environment/OGC_JOB_ID")]
    [TestCase("/executionUnit/network", "\"host\"", "/executionUnit/network")]
    [TestCase("/executionUnit/network", "1", "/executionUnit/network")]
    [TestCase("/executionUnit/network", "true", "/executionUnit/network")]
    [TestCase("/executionUnit/config", "[]", "/executionUnit/config")]
    [TestCase("/executionUnit/config/cpuMin", "0", "/executionUnit/config/cpuMin")]
    [TestCase("/executionUnit/config/cpuMin", "\"1\"", "/executionUnit/config/cpuMin")]
    [TestCase("/executionUnit/config/cpuMax", "4.01", "/executionUnit/config/cpuMax")]
    [TestCase("/executionUnit/config/cpuMax", "1e999", "/executionUnit/config/cpuMax")]
    [TestCase("/executionUnit/config/memoryMax", "8.01", "/executionUnit/config/memoryMax")]
    [TestCase("/executionUnit/config/memoryMin", "-1", "/executionUnit/config/memoryMin")]
    [TestCase("/executionUnit/config", """{"cpuMin": 2, "cpuMax": 1}""", "/executionUnit/config/cpuMax")]
    [TestCase("/executionUnit/config", """{"memoryMin": 2, "memoryMax": 1}""", "/executionUnit/config/memoryMax")]
    [TestCase("/executionUnit/config/cpuMax", "1e-10", "/executionUnit/config/cpuMax")]
    [TestCase("/executionUnit/config/memoryMax", "1e-10", "/executionUnit/config/memoryMax")]
    [TestCase("/executionUnit/config/memoryMax", "0.006", "/executionUnit/config/memoryMax")]
    [TestCase("/executionUnit/image", "\"\"", "/executionUnit/image")]
    [TestCase("/executionUnit/command", """[""]""", "/executionUnit/command")]
    [TestCase("/executionUnit/command", """["a\u0000"]""", "/executionUnit/command")]
    [TestCase("/executionUnit/environment", """{"A": "\u0000"}""", "/executionUnit/environment/A")]
    [TestCase("/executionUnit/bindings/outputBindings/out", """{"glob": []}""", "/executionUnit/bindings/outputBindings/out/glob")]
    [TestCase("/processDescription/inputs/a/schema", """{"type": "string", "default": 7}""", "/processDescription/inputs/a/schema/default")]
    [TestCase("/processDescription/outputs/out/schema", """{"type": "string", "contentMediaType": "GeoTIFF"}""", "/processDescription/outputs/out/schema/contentMediaType")]
    [TestCase("/processDescription/outputs/out/schema", """{"type": "string", "contentMediaType": "text/plain\r\nX: y"}""", "/processDescription/outputs/out/schema/contentMediaType")]
    [TestCase("/executionUnit/config/jobTimeout", "3601", "/executionUnit/config/jobTimeout")]
    [TestCase("/executionUnit/retry", "3", "/executionUnit/retry")]
    [TestCase("/executionUnit/retry", """{"limit": 3}""", "/executionUnit/retry/limit")]
    [TestCase("/executionUnit/retry", """{"limit": -1}""", "/executionUnit/retry/limit")]
    [TestCase("/executionUnit/retry", """{"ownFailures": "yes"}""", "/executionUnit/retry/ownFailures")]
    [TestCase("/executionUnit/config/storageTempMin", "11", "/executionUnit/config/storageTempMin")]
    [TestCase("/executionUnit/config/storageOutputsMin", "11", "/executionUnit/config/storageOutputsMin")]
    [TestCase("/executionUnit/bindings", "[]", "/executionUnit/bindings")]
    [TestCase("/executionUnit/bindings/inputBindings", "[]", "/executionUnit/bindings/inputBindings")]
    [TestCase("/executionUnit/bindings/inputBindings/b", "{}", "/executionUnit/bindings/inputBindings/b")]
    [TestCase("/executionUnit/bindings/inputBindings/a", "1", "/executionUnit/bindings/inputBindings/a")]
    [TestCase("/executionUnit/bindings/inputBindings/a", """{"shellQuote": false}""", "/executionUnit/bindings/inputBindings/a/shellQuote")]
    [TestCase("/executionUnit/bindings/inputBindings/a", """{"shellQuote": "false"}""", "/executionUnit/bindings/inputBindings/a/shellQuote")]
    [TestCase("/executionUnit/bindings/inputBindings/a", """{"separate": "no"}""", "/executionUnit/bindings/inputBindings/a/separate")]
    [TestCase("/executionUnit/bindings/inputBindings/a", """{"separate": 0}""", "/executionUnit/bindings/inputBindings/a/separate")]
    [TestCase("/executionUnit/bindings/inputBindings/a", """{"position": "first"}""", "/executionUnit/bindings/inputBindings/a/position")]
    [TestCase("/executionUnit/bindings/inputBindings/a", """{"prefix": 1}""", "/executionUnit/bindings/inputBindings/a/prefix")]
    [TestCase("/executionUnit/bindings/inputBindings/a", """{"valueFrom": "${return 1}"}""", "/executionUnit/bindings/inputBindings/a/valueFrom")]
    [TestCase("/executionUnit/bindings/inputBindings/a", """{"valueFrom": "$(runtime.cores)"}""", "/executionUnit/bindings/inputBindings/a/valueFrom")]
    [TestCase("/executionUnit/bindings/inputBindings/a", """{"valueFrom": "$(inputs.b.path)"}""", "/executionUnit/bindings/inputBindings/a/valueFrom")]
    [TestCase("/executionUnit/bindings/outputBindings/out", """{"glob": "$(inputs.b).tif"}""", "/executionUnit/bindings/outputBindings/out/glob")]
    [TestCase("/executionUnit/bindings/outputBindings/b", """{"glob": "*"}""", "/executionUnit/bindings/outputBindings/b")]
    [TestCase("/executionUnit/bindings/outputBindings/out", "{}", "/executionUnit/bindings/outputBindings/out")]
    [TestCase("/processDescription/inputs/image.path", """{"schema": {"type": "string"}}""", "/processDescription/inputs/image.path")]
    [TestCase("/executionUnit/bindings/outputBindings/out", """{"stdout": "true"}""", "/executionUnit/bindings/outputBindings/out/stdout")]
    [TestCase("/executionUnit/bindings/outputBindings/out", """{"glob": "[z-a].tif"}""", "/executionUnit/bindings/outputBindings/out/glob")]
    [TestCase("/executionUnit/bindings/outputBindings/out", """{"glob": ["*", "$(inputs.a)[9-0]"]}""", "/executionUnit/bindings/outputBindings/out/glob")]
    [TestCase("/executionUnit/bindings/outputBindings/out", """{"glob": 1}""", "/executionUnit/bindings/outputBindings/out/glob")]
    [TestCase("/executionUnit/bindings/outputBindings/out", """{"glob": ["*", "$(x"]}""", "/executionUnit/bindings/outputBindings/out/glob")]
    [TestCase("/executionUnit/stdout", "\"/proc/self/mem\"", "/executionUnit/stdout")]
    [TestCase("/executionUnit/stderr", "\"../x\"", "/executionUnit/stderr")]
    public void Read_OfOneThingThatIsWrong_PointsAtIt(string place, string? json, string pointer) =>
        Assert.That(Pointers(APackage.Plain().With(place, json)), Is.EqualTo(new[] { pointer }));

    [TestCase("""{"processDescription": {"id": "x", "title": "\ud800"} }""", "/processDescription/title")]
    [TestCase("""{"processDescription": {"id": "x", "keywords": ["a", "\ud800"]} }""", "/processDescription/keywords/1")]
    [TestCase("""{"executionUnit": {"command": ["\ud800"]} }""", "/executionUnit/command/0")]
    [TestCase("""{"other": {"a": "\ud800"} }""", "/other/a")]
    public void Read_OfHalfASurrogatePair_PointsAtIt(string package, string pointer)
    {
        var reader = new PackageReader(new FakeSchemas(), new());
        reader.Read(JsonSerializer.Deserialize<ApplicationPackage>(package, JsonSerializerOptions.Web)!);
        Assert.That(reader.Violations.Single().Pointer, Is.EqualTo(pointer));
    }

    [Test]
    public void Read_OfManyThingsThatAreWrong_TellsThemAllAtOnce()
    {
        var pointers = Pointers(APackage.Nested()
            .With("/processDescription/process/id", "\"a/b\"")
            .With("/processDescription/process/inputs/a/schema/type", "\"text\"")
            .With("/processDescription/process/outputs/out/schema", null)
            .With("/executionUnit/type", "\"singularity\"")
            .With("/executionUnit/command", "\"ls\"")
            .With("/executionUnit/config/cpuMax", "1000")
            .With("/executionUnit/bindings/inputBindings/a/shellQuote", "false"));
        Assert.That(pointers, Is.EquivalentTo(new[]
        {
            "/processDescription/process/id",
            "/processDescription/process/inputs/a/schema",
            "/processDescription/process/outputs/out/schema",
            "/executionUnit/type",
            "/executionUnit/command",
            "/executionUnit/config/cpuMax",
            "/executionUnit/bindings/inputBindings/a/shellQuote",
        }));
    }

    // More members of the description and of the unit, and where the violation points.
    [TestCase(""" "inputs": {"a": {"schema": {}}, "a": {"schema": {}}} """, "", "/processDescription/inputs/a")]
    [TestCase(""" "outputs": {"a": {"schema": {}}, "a": {"schema": {}}} """, "", "/processDescription/outputs/a")]
    [TestCase(""" "inputs": {"a": {"schema": {}}, "\u0061": {"schema": {}}} """, "", "/processDescription/inputs/a")]
    [TestCase(""" "inputs": {} """, """, "environment": {"A": "1", "A": "2"} """, "/executionUnit/environment/A")]
    [TestCase(""" "inputs": {"a": {"schema": {}}} """, """, "bindings": {"inputBindings": {"a": {}, "a": {}}} """, "/executionUnit/bindings/inputBindings/a")]
    public void Read_OfAMemberGivenTwice_PointsAtIt(string description, string unit, string pointer)
    {
        var json = $$"""{"processDescription": {"id": "x", {{description}} }, "executionUnit": {"type": "docker", "image": "a" {{unit}} } }""";
        var reader = new PackageReader(new FakeSchemas(), Limits);
        Assert.That(reader.Read(JsonSerializer.Deserialize<ApplicationPackage>(json, JsonSerializerOptions.Web)!), Is.Null);
        Assert.That(
            reader.Violations.Select(violation => (violation.Pointer, violation.Detail)), Is.EqualTo(new[] { (pointer, "is given more than once") }));
    }

    [TestCase("/executionUnit/bindings/inputBindings/a/valueFrom", "\"$(inputs.unknown)\"")]
    [TestCase("/executionUnit/bindings/outputBindings/out/glob", "\"$(inputs.unknown.nameroot).tif\"")]
    public void Read_OfAReferenceToNoInput_NamesIt(string place, string expression)
    {
        var reader = new PackageReader(new FakeSchemas(), Limits);
        reader.Read(APackage.Plain().With(place, expression).Build());
        Assert.That(
            reader.Violations.Select(violation => (violation.Pointer, violation.Detail)),
            Is.EqualTo(new[] { (place, "the process has no input 'unknown'") }));
    }

    [Test]
    public void Read_OfAWrongDescriptionAndABindingToNoInput_TellsBoth() =>
        Assert.That(
            Pointers(APackage.Plain().With("/processDescription/title", "7").With("/executionUnit/bindings/inputBindings/b", "{}")),
            Is.EqualTo(new[] { "/processDescription/title", "/executionUnit/bindings/inputBindings/b" }));

    [Test]
    public void Read_WithoutADescription_TellsNothingOfItsInputs() =>
        Assert.That(
            Pointers(APackage.Plain().With("/processDescription", null).With("/executionUnit/bindings/inputBindings/b/valueFrom", "\"$(inputs.b)\"")),
            Is.EqualTo(new[] { "/processDescription" }));

    [Test]
    public void Read_BeyondALimit_NamesTheLimit()
    {
        var reader = new PackageReader(new FakeSchemas(), Limits);
        reader.Read(APackage.Plain().With("/executionUnit/config/memoryMax", "16").Build());
        Assert.That(reader.Violations.Single().Detail, Is.EqualTo("16 GB is more than this server gives to one job (8 GB)"));
    }

    private static ReadPackage Read(APackage package)
    {
        var reader = new PackageReader(new FakeSchemas(), Limits);
        var read = reader.Read(package.Build());
        Assert.That(reader.Violations, Is.Empty);
        return read!;
    }

    private static IEnumerable<string?> Pointers(APackage package)
    {
        var reader = new PackageReader(new FakeSchemas(), Limits);
        Assert.That(reader.Read(package.Build()), Is.Null);
        Assert.That(reader.Violations.Select(violation => violation.Detail), Is.All.Not.Empty);
        return reader.Violations.Select(violation => violation.Pointer);
    }
}
