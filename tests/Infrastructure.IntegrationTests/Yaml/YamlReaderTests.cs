using OgcProcesses.Application.Processes.Cwl;
using OgcProcesses.Infrastructure.Yaml;

namespace OgcProcesses.Infrastructure.IntegrationTests.Yaml;

internal sealed class YamlReaderTests
{
    [TestCase("a: 1", """{"a":1}""")]
    [TestCase("a: [x, 'y', \"z\\n\"]", """{"a":["x","y","z\n"]}""")]
    [TestCase("- true\n- True\n- yes\n- on\n- off\n- n", """[true,true,"yes","on","off","n"]""")]
    [TestCase("- null\n- ~\n-\n- 'null'\n- 'true'\n- '1'", """[null,null,null,"null","true","1"]""")]
    [TestCase("- 1.50\n- -0.5e3\n- +7\n- 007\n- 0x1F\n- 0o17\n- .5\n- 1.\n- 1_000\n- 12:30", """[1.50,-0.5e3,7,7,31,15,0.5,1,"1_000","12:30"]""")]
    [TestCase("- .inf\n- .nan\n- 1e999999999", """[".inf",".nan",1e999999999]""")]
    [TestCase("v: v1.2\nid: '#main'", """{"v":"v1.2","id":"#main"}""")]
    [TestCase("a: |\n  one\n  two\nb: >-\n  one\n  two", """{"a":"one\ntwo\n","b":"one two"}""")]
    [TestCase("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    [TestCase("a: !!str 1\nb: !!int \"1\"\nc: ! 2\nd: !!seq []", """{"a":"1","b":1,"c":"2","d":[]}""")]
    [TestCase("%YAML 1.2\n---\na: 1\n...\n", """{"a":1}""")]
    [TestCase("\uFEFFa: 1", """{"a":1}""")]
    [TestCase("{\"a\": \"\\u00e9\\/\"}", """{"a":"é/"}""")]
    [TestCase("text", "\"text\"")]
    public void Read_OfAnythingJsonCouldSay_IsThat(string yaml, string json)
    {
        var read = new YamlReader().Read(yaml);
        using var expected = System.Text.Json.JsonDocument.Parse(json);
        Assert.That(System.Text.Json.JsonElement.DeepEquals(read, expected.RootElement), Is.True, read.GetRawText());
    }

    [TestCase("a: 1\nb: [", 3)]
    [TestCase("a: 1\na: 2", 2)]
    [TestCase("a: b: c", 1)]
    [TestCase("a: *none", 1)]
    [TestCase("&a [*a]", 1)]
    [TestCase("a: &x [1]\n<<: *x", 2)]
    [TestCase("? [a]\n: 1", 1)]
    [TestCase("a: !!python/object:os.system x", 1)]
    [TestCase("a: !!int x", 1)]
    [TestCase("a: !!set {x}", 1)]
    [TestCase("a: 1\n---\nb: 2", 2)]
    [TestCase("", 1)]
    [TestCase("# nothing", 2)]
    [TestCase("a: \"\\ud800\"", 1)]
    [TestCase("a: \"\\ud800\\ud800\"", 1)]
    [TestCase("%YAML 3.0\n---\na", 1)]
    [TestCase("a: \u0001", 1)]
    public void Read_OfWhatIsWrong_TellsTheLine(string yaml, int line) =>
        Assert.That(Assert.Throws<YamlException>(() => new YamlReader().Read(yaml))!.Message, Does.StartWith($"line {line},"));

    [Test]
    [CancelAfter(30_000)]
    public void Read_OfAliasesThatMultiply_IsRefused()
    {
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
            + string.Concat(Enumerable.Range(1, 30).Select(level => $"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 9))}]\n"));
        Assert.That(Assert.Throws<YamlException>(() => new YamlReader().Read(bomb))!.Message, Does.Contain("aliases included"));
    }

    [Test]
    public void Read_OfALongTextThatAliasesMultiply_IsRefused()
    {
        var bomb = $"a: &a {new string('x', 1 << 20)}\nb: [{string.Join(',', Enumerable.Repeat("*a", 20))}]";
        Assert.That(Assert.Throws<YamlException>(() => new YamlReader().Read(bomb))!.Message, Does.Contain("characters"));
    }

    [TestCase("[")]
    [TestCase("{a: ")]
    [TestCase("- ")]
    [TestCase("? ")]
    [TestCase("&a ")]
    [TestCase("!x ")]
    [TestCase("*a ")]
    [TestCase("a: &a\n")]
    [TestCase("%TAG ! x\n")]
    [TestCase("---\n")]
    [TestCase("\"")]
    [TestCase("a: |\n")]
    [TestCase("- x\n")]
    [TestCase("[a,")]
    [TestCase(" ")]
    [TestCase("x ")]
    [CancelAfter(60_000)]
    public void Read_OfMegabytesOfTheSame_EndsInTime(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (4 << 20) / piece.Length));
        Assert.That(Outcome(text), Is.Null.Or.InstanceOf<YamlException>());
    }

    [Test]
    public void Read_OfDeepLists_IsRefused() => Assert.That(
        Assert.Throws<YamlException>(() => new YamlReader().Read(new string('[', 65) + new string(']', 65)))!.Message, Does.Contain("64 deep"));

    [Test]
    public void Read_OfAliasesThatNestDeeper_IsRefused()
    {
        var deep = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 70).Select(level => $"a{level}: &a{level} [*a{level - 1}]\n"));
        Assert.That(Assert.Throws<YamlException>(() => new YamlReader().Read(deep))!.Message, Does.Contain("64 deep"));
    }

    /// <summary>What reading a text ends in; null where it is read.</summary>
    private static Exception? Outcome(string text)
    {
        try
        {
            new YamlReader().Read(text);
            return null;
        }
        catch (Exception thrown)
        {
            return thrown;
        }
    }
}
