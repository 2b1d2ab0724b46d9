using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.UnitTests.Processes;

internal sealed class ExpressionTests
{
    private static readonly Dictionary<string, string> Inputs = new()
    {
        ["image"] = "/job/inputs/image/scene.B04.tif",
        ["band"] = "4",
        ["a.b"] = "dotted",
        ["urn:x-y_z"] = "odd",
    };

    [TestCase("", "")]
    [TestCase("plain text", "plain text")]
    [TestCase("$(self)", "/data/red.tif")]
    [TestCase("$(inputs.band)", "4")]
    [TestCase("b=$(inputs.band),f=$(self).bak", "b=4,f=/data/red.tif.bak")]
    [TestCase("$(inputs.band)$(inputs.band)", "44")]
    [TestCase("$(self.basename)", "red.tif")]
    [TestCase("$(self.nameroot)", "red")]
    [TestCase("$(self.nameext)", ".tif")]
    [TestCase("$(inputs.image.basename)", "scene.B04.tif")]
    [TestCase("$(inputs.image.nameroot)", "scene.B04")]
    [TestCase("$(inputs.image.nameext)", ".tif")]
    [TestCase("$(inputs.a.b)", "dotted")]
    [TestCase("$(inputs.a.b.basename)", "dotted")]
    [TestCase("$(inputs.urn:x-y_z)", "odd")]
    [TestCase("costs $5 (or 6)", "costs $5 (or 6)")]
    [TestCase("$HOME `id` $$", "$HOME `id` $$")]
    public void Evaluate_FillsTheReferencesIn(string source, string text) =>
        Assert.That(Expression.Parse(source).Evaluate("/data/red.tif", Inputs), Is.EqualTo(text));

    [TestCase("$(self.path)", "/data")]
    [TestCase("$(inputs.image.path)", "/job/inputs/image")]
    [TestCase("$(inputs.band.path)", "4")]
    public void Evaluate_OfPath_GivesTheFolder(string source, string text) =>
        Assert.That(Expression.Parse(source).Evaluate("/data/red.tif", Inputs), Is.EqualTo(text));

    [Test]
    public void Evaluate_OfWhatIsNotThere_GivesNothing() =>
        Assert.That(Expression.Parse("<$(self)|$(inputs.absent.nameroot)>").Evaluate(null, Inputs), Is.EqualTo("<|>"));

    [Test]
    public void Evaluate_WithAnEscape_DoesItToValuesAfterTheirProperty_NotToTheTextAround() =>
        Assert.That(
            Expression.Parse("*.$(inputs.image.nameroot)|$(self).*").Evaluate("/a.b", Inputs, text => text.Replace(".", "!", StringComparison.Ordinal)),
            Is.EqualTo("*.scene!B04|/a!b.*"));

    [Test]
    public void Evaluate_OfAValueThatLooksLikeAReference_LeavesItAlone() =>
        Assert.That(Expression.Parse("$(self)").Evaluate("$(inputs.band)", Inputs), Is.EqualTo("$(inputs.band)"));

    [TestCase("$(self", "close")]
    [TestCase("$(self.size)", "not understood")]
    [TestCase("$(inputs)", "not understood")]
    [TestCase("$(inputs.)", "not understood")]
    [TestCase("$(inputs.a b)", "not understood")]
    [TestCase("$(runtime.cores)", "not understood")]
    [TestCase("$(1 + 1)", "not understood")]
    [TestCase("$()", "not understood")]
    [TestCase("${ return 1; }", "script")]
    [TestCase("$(self)${x}", "script")]
    public void Parse_OfAnythingElse_SaysWhatIsWrong(string source, string told)
    {
        var refusal = Assert.Throws<FormatException>(() => Expression.Parse(source));
        Assert.That(refusal!.Message, Does.Contain(told));
    }

    [TestCase("costs $5")]
    [TestCase("$(date) ${HOME} $$(x) $($)")]
    public void Escape_OfAnyText_StandsForIt(string text)
    {
        var expression = Expression.Parse(Expression.Escape(text));
        Assert.That(expression.Evaluate(null, Inputs), Is.EqualTo(text));
        Assert.That(expression.ReferencedInputs, Is.Empty);
    }

    [TestCase("$(inputs.band)", true, true)]
    [TestCase("$(inputs.image.basename)", true, false)]
    [TestCase("x$(inputs.band)", false, false)]
    [TestCase("$($)", false, false)]
    public void IsReference_AndIsValue_TellWhatStandsAlone(string source, bool isReference, bool isValue)
    {
        var expression = Expression.Parse(source);
        Assert.That((expression.IsReference, expression.IsValue), Is.EqualTo((isReference, isValue)));
    }

    [Test]
    public void ReferencedInputs_AreThoseItNames() =>
        Assert.That(Expression.Parse("x$(self)$(inputs.band)-$(inputs.image.basename)").ReferencedInputs, Is.EqualTo(new[] { "band", "image" }));

    [Test]
    public void ToString_IsTheSource() => Assert.That(Expression.Parse("a$(self)").ToString(), Is.EqualTo("a$(self)"));
}
