using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Domain.UnitTests.Jobs;

internal sealed class ExecuteRequestTests
{
    [TestCase(ResponseForm.Raw)]
    [TestCase(ResponseForm.Document)]
    public void IsVersion1_WithAResponse_IsTrue(ResponseForm response) => Assert.That(Request(response).IsVersion1, Is.True);

    [TestCase(TransmissionMode.Value)]
    [TestCase(TransmissionMode.Reference)]
    public void IsVersion1_WithATransmissionModeOfAnyOutput_IsTrue(TransmissionMode transmission) =>
        Assert.That(Request(null, new OutputSelection("image/png", null), new OutputSelection(null, transmission)).IsVersion1, Is.True);

    [Test]
    public void IsVersion1_WithNeither_IsFalse()
    {
        Assert.Multiple(() =>
        {
            Assert.That(new ExecuteRequest(AJob.Asked("{}").Inputs, null, null).IsVersion1, Is.False);
            Assert.That(Request(null).IsVersion1, Is.False);
            Assert.That(Request(null, new OutputSelection("image/png", null)).IsVersion1, Is.False);
        });
    }

    private static ExecuteRequest Request(ResponseForm? response, params OutputSelection[] outputs) => new(
        AJob.Asked("{}").Inputs, outputs.Index().ToDictionary(output => $"out{output.Index}", output => output.Item), response);
}
