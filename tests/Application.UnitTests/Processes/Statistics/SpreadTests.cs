using OgcProcesses.Application.Processes.Statistics;

namespace OgcProcesses.Application.UnitTests.Processes.Statistics;

internal sealed class SpreadTests
{
    [Test]
    public void Of_NoValues_IsNone() => Assert.That(Spread.Of([null, null]), Is.Null);

    [Test]
    public void Of_AnOddNumber_HasTheOneInTheMiddle() => Assert.That(Spread.Of([5, null, 1, 2]), Is.EqualTo(new Spread(3, 1, 2, 5)));

    [Test]
    public void Of_AnEvenNumber_HasTheMeanOfTheTwoInTheMiddle() => Assert.That(Spread.Of([4, 1, 2, 9]), Is.EqualTo(new Spread(4, 1, 3, 9)));
}
