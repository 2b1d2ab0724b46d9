using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.UnitTests.Processes;

internal sealed class ProcessDescriptionTests
{
    [Test]
    public void Read_OfTheLeastDescription_FillsTheDefaultsIn()
    {
        var description = ProcessDescription.Read(Json.Of("""{"id": "echo"}"""));
        Assert.Multiple(() =>
        {
            Assert.That(description.Id, Is.EqualTo(new ProcessId("echo")));
            Assert.That((description.Version, description.Title), Is.EqualTo(("1.0.0", (string?)null)));
            Assert.That(description.JobControlOptions, Is.EqualTo(new JobControlOptions(Sync: true, Async: true)));
            Assert.That(description.Inputs, Is.Empty);
            Assert.That(description.Outputs, Is.Empty);
        });
    }

    [TestCase("""["sync-execute"]""", true, false)]
    [TestCase("""["async-execute", "dismiss"]""", false, true)]
    [TestCase("""["sync-execute", "async-execute"]""", true, true)]
    public void Read_OfJobControlOptions_TakesThemAsStated(string options, bool sync, bool async) =>
        Assert.That(
            AProcess.Named("echo").Saying($"\"jobControlOptions\": {options}").Describe().JobControlOptions,
            Is.EqualTo(new JobControlOptions(sync, async)));

    [Test]
    public void Read_KeepsTheAuthorsOrderOfInputs()
    {
        var inputs = AProcess.Taking("""{"z": {"schema": {}}, "a": {"schema": {}}, "m": {"schema": {}}}""").Describe().Inputs;
        Assert.That(inputs.Keys, Is.EqualTo(new[] { "z", "a", "m" }));
    }

    [TestCase("""{"schema": {}}""", 1, 1, true, false)]
    [TestCase("""{"schema": {}, "minOccurs": 0}""", 0, 1, false, false)]
    [TestCase("""{"schema": {"default": 1}}""", 1, 1, false, false)]
    [TestCase("""{"schema": {}, "maxOccurs": 3}""", 1, 3, true, true)]
    [TestCase("""{"schema": {}, "minOccurs": 2, "maxOccurs": "unbounded"}""", 2, null, true, true)]
    [Requirement("/req/ogc-process-description/input-def")]
    public void Read_OfAnInput_KnowsHowOftenItOccurs(string json, int least, int? most, bool isRequired, bool isMultiple)
    {
        var input = AProcess.Taking($$"""{"a": {{json}}}""").Describe().Inputs["a"];
        Assert.That(
            (input.MinOccurs, input.MaxOccurs, input.IsRequired, input.IsMultiple), Is.EqualTo((least, most, isRequired, isMultiple)));
    }

    [TestCase("""{"schema": {}}""", true)]
    [TestCase("""{"schema": {}, "minOccurs": 1}""", true)]
    [TestCase("""{"schema": {}, "minOccurs": 0}""", false)]
    public void Read_OfAnOutput_KnowsWhetherAJobMustGiveIt(string json, bool isRequired) =>
        Assert.That(AProcess.Named("echo").Giving($$"""{"a": {{json}}}""").Describe().Outputs["a"].IsRequired, Is.EqualTo(isRequired));

    [Test]
    public void Read_KeepsMembersNobodyKnows() =>
        Assert.That(
            AProcess.Named("echo").Saying("\"x-licence\": \"CC0\"").Describe().Document.GetProperty("x-licence").GetString(),
            Is.EqualTo("CC0"));
}
