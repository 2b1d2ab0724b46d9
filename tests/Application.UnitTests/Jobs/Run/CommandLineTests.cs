using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

internal sealed class CommandLineTests
{
    [Test]
    public void Arguments_AreInTheOrderOfPosition_ThenOfId()
    {
        var unit = Unit(("z", new() { Position = 1 }), ("b", new() { Position = 2 }), ("a", new() { Position = 2 }), ("last", new() { Position = -1 }));
        Assert.That(Arguments(unit, ("a", "\"A\""), ("b", "\"B\""), ("last", "\"L\""), ("z", "\"Z\"")), Is.EqualTo(new[] { "L", "Z", "A", "B" }));
    }

    [Test]
    public void Arguments_OfInputsWithoutBindingOrValue_AreNone() =>
        Assert.That(Arguments(Unit(("bound", new())), ("unbound", "1")), Is.Empty);

    [TestCase(null, true, "v")]
    [TestCase("--in", true, "--in", "v")]
    [TestCase("--in=", false, "--in=v")]
    [TestCase("-i", false, "-iv")]
    public void Arguments_WithAPrefix_ArePutBehindIt(string? prefix, bool separate, params string[] arguments) =>
        Assert.That(Arguments(Unit(("a", new() { Prefix = prefix, Separate = separate })), ("a", "\"v\"")), Is.EqualTo(arguments));

    [TestCase("true", "--verbose", "--verbose")]
    [TestCase("false", "--verbose")]
    [TestCase("true", null, "true")]
    [TestCase("false", null, "false")]
    public void Arguments_OfABoolean_AreTheFlagOrNothing(string value, string? prefix, params string[] arguments) =>
        Assert.That(Arguments(Unit(("a", new() { Prefix = prefix })), ("a", value)), Is.EqualTo(arguments));

    [TestCase("\"two words\"", "two words")]
    [TestCase("\"-rf\"", "-rf")]
    [TestCase("\"--output=/etc/passwd\"", "--output=/etc/passwd")]
    [TestCase("\"'; rm -rf / #\"", "'; rm -rf / #")]
    [TestCase("\"a\\\"b$(id)`id`\\n\"", "a\"b$(id)`id`\n")]
    [TestCase("\"\"", "")]
    [TestCase("1.50", "1.50")]
    [TestCase("{\"a\": [1, 2]}", "{\"a\": [1, 2]}")]
    [TestCase("[1, 2]", "[1, 2]")]
    public void Arguments_OfAnyValue_AreOne(string value, string argument) =>
        Assert.That(Arguments(Unit(("a", new())), ("a", value)), Is.EqualTo(new[] { argument }));

    [Test]
    public void Arguments_OfAValueThatBeginsWithADash_StandBehindTheirPrefix() =>
        Assert.That(Arguments(Unit(("a", new() { Prefix = "--name" })), ("a", "\"--force\"")), Is.EqualTo(new[] { "--name", "--force" }));

    [Test]
    public void Arguments_WithAnItemSeparator_JoinTheItemsOfAnArray() =>
        Assert.That(
            Arguments(Unit(("a", new() { ItemSeparator = ";", Prefix = "-l" })), ("a", """["x", 2, "y z"]""")), Is.EqualTo(new[] { "-l", "x;2;y z" }));

    [TestCase(null)]
    [TestCase("-l")]
    public void Arguments_OfAnEmptyArrayWithAnItemSeparator_AreNone(string? prefix) =>
        Assert.That(Arguments(Unit(("a", new() { ItemSeparator = ",", Prefix = prefix })), ("a", "[]")), Is.Empty);

    [Test]
    public void Arguments_OfNoOccurrence_AreNone() =>
        Assert.That(Arguments(Unit(("a", new() { ItemSeparator = ",", Prefix = "-l" })), Several("a")), Is.Empty);

    [Test]
    public void Arguments_OfABoundingBox_AreItsNumbers() =>
        Assert.That(
            Arguments(Unit(("a", new() { ItemSeparator = " " })), ("a", """{"bbox": [5.8, 47.2, 15.1, 55.1], "crs": "CRS84"}""")),
            Is.EqualTo(new[] { "5.8 47.2 15.1 55.1" }));

    [Test]
    public void Arguments_OfSeveralOccurrences_EachHaveTheirPrefix() =>
        Assert.That(
            Arguments(Unit(("a", new() { Prefix = "-f" })), Several("a", "\"x\"", "\"y\"")), Is.EqualTo(new[] { "-f", "x", "-f", "y" }));

    [Test]
    public void Arguments_OfSeveralOccurrences_AreJoinedByTheSeparator() =>
        Assert.That(
            Arguments(Unit(("a", new() { Prefix = "-f", ItemSeparator = "," })), Several("a", "\"x\"", "\"y\"")), Is.EqualTo(new[] { "-f", "x,y" }));

    [Test]
    public void Arguments_OfSeveralBooleans_AreAFlagForEachThatIsTrue() =>
        Assert.That(Arguments(Unit(("a", new() { Prefix = "-v" })), Several("a", "true", "false", "true")), Is.EqualTo(new[] { "-v", "-v" }));

    [Test]
    public void Arguments_WithValueFrom_AreWhatTheExpressionGives()
    {
        var binding = new InputBinding { ValueFrom = Expression.Parse("$(inputs.b)_$(self.basename)"), Prefix = "-o" };
        Assert.That(
            Arguments(Unit(("a", binding)), ("a", "\"/job/inputs/a/x.tif\""), ("b", "7")), Is.EqualTo(new[] { "-o", "7_x.tif" }));
    }

    [Test]
    public void Arguments_WithValueFromAndSeparator_EvaluateEachItem()
    {
        var binding = new InputBinding { ValueFrom = Expression.Parse("$(self.nameroot)"), ItemSeparator = "," };
        Assert.That(Arguments(Unit(("a", binding)), Several("a", "\"/x/1.tif\"", "\"/x/2.tif\"")), Is.EqualTo(new[] { "1,2" }));
    }

    [Test]
    public void Texts_OfSeveralOccurrences_AreJoinedByCommas()
    {
        var inputs = new StagedInputs { ["a"] = new([Json.Of("\"x\""), Json.Of("2")], true), ["b"] = new([Json.Of("true")], false) };
        Assert.That(CommandLine.Texts(inputs), Is.EqualTo(new Dictionary<string, string> { ["a"] = "x,2", ["b"] = "true" }));
    }

    [Test]
    public void Arguments_OfManyReferencesToALongValue_AreRefusedBeforeTheyFillTheMemory()
    {
        var value = $"\"{new string('x', 1 << 20)}\"";
        var alone = new ExecutionUnit { Image = "busybox", Arguments = [.. Enumerable.Repeat(new Argument { Text = Expression.Parse("$(inputs.a)") }, 100_000)] };
        var inText = new ExecutionUnit { Image = "busybox", Arguments = [new() { Text = Expression.Parse(string.Concat(Enumerable.Repeat("-$(inputs.a)", 10_000))) }] };
        var inEnvironment = new ExecutionUnit
        {
            Image = "busybox", EnvironmentFrom = Enumerable.Range(0, 10_000).ToDictionary(number => $"V{number}", _ => Expression.Parse("$(inputs.a)")),
        };
        Assert.Throws<FormatException>(() => Arguments(alone, ("a", value)));
        Assert.Throws<FormatException>(() => Arguments(inText, ("a", value)));
        Assert.Throws<FormatException>(() => CommandLine.Environment(inEnvironment, new() { ["a"] = new([Json.Of(value)], IsArray: false) }));
    }

    [Test]
    public void Arguments_OfMoreItemsThanAnySystemTakes_AreRefused()
    {
        var unit = new ExecutionUnit
        {
            Image = "busybox",
            Arguments = [new() { Text = Expression.Parse("$(inputs.a)"), Items = new() { Text = Expression.Parse(new string('x', 1 << 20)) } }],
        };
        Assert.Throws<FormatException>(() => Arguments(unit, ("a", $"[{string.Join(',', Enumerable.Repeat("1", 100_000))}]")));
    }

    private static ExecutionUnit Unit(params (string Id, InputBinding Binding)[] bindings) =>
        new() { Image = "busybox", InputBindings = bindings.ToDictionary(one => one.Id, one => one.Binding) };

    private static IReadOnlyList<string> Arguments(ExecutionUnit unit, params (string Id, string Value)[] values)
    {
        var inputs = new StagedInputs();
        foreach (var (id, value) in values) inputs[id] = new([Json.Of(value)], IsArray: false);
        return CommandLine.Arguments(unit, inputs);
    }

    private static IReadOnlyList<string> Arguments(ExecutionUnit unit, StagedInputs inputs) => CommandLine.Arguments(unit, inputs);

    private static StagedInputs Several(string id, params string[] values) =>
        new() { [id] = new([.. values.Select(Json.Of)], IsArray: true) };
}
