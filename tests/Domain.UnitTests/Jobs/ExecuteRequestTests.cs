using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Domain.UnitTests.Jobs;

internal sealed class ExecuteRequestTests
{
    [TestCase(ResponseForm.Raw)]
    [TestCase(ResponseForm.Document)]
    public void Form_WithAResponse_IsThatOne(ResponseForm response) => Assert.That(Request(response).Form, Is.EqualTo(response));

    [TestCase(TransmissionMode.Value)]
    [TestCase(TransmissionMode.Reference)]
    public void Form_WithATransmissionModeOfAnyOutput_IsRaw(TransmissionMode transmission) => Assert.That(
        Request(null, new OutputSelection("image/png", null), new OutputSelection(null, transmission)).Form, Is.EqualTo(ResponseForm.Raw));

    [Test]
    public void Form_WithNeither_IsADocument()
    {
        Assert.Multiple(() =>
        {
            Assert.That(new ExecuteRequest(AJob.Asked("{}").Inputs, null, null).Form, Is.EqualTo(ResponseForm.Document));
            Assert.That(Request(null).Form, Is.EqualTo(ResponseForm.Document));
            Assert.That(Request(null, new OutputSelection("image/png", null)).Form, Is.EqualTo(ResponseForm.Document));
        });
    }

    private static ExecuteRequest Request(ResponseForm? response, params OutputSelection[] outputs) => new(
        AJob.Asked("{}").Inputs, outputs.Index().ToDictionary(output => $"out{output.Index}", output => output.Item), response);
}
