using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OgcProcesses.Application.Processes.Cwl;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlException = OgcProcesses.Application.Processes.Cwl.YamlException;

namespace OgcProcesses.Infrastructure.Yaml;

/// <summary>Reads YAML event by event, within bounds: nothing is made of a tag, and no alias multiplies beyond them.</summary>
/// <remarks>Plain scalars are what YAML 1.2's core schema says: <c>yes</c> and <c>on</c> are strings.</remarks>
internal sealed partial class YamlReader : IYamlReader
{
    /// <summary>As deep as the JSON readers of this server go.</summary>
    private const int MostDepth = 64;

    /// <summary>Most scalars, lists and mappings, aliases counted as what they stand for.</summary>
    private const int MostNodes = 100_000;

    /// <summary>Most characters of all scalars, aliases counted as what they stand for.</summary>
    private const int MostCharacters = 8 << 20;

    /// <remarks>YAML 1.2, 5.1: c-printable leaves them out; the parser does not look.</remarks>
    private static readonly SearchValues<char> NotPrintable =
        SearchValues.Create([.. Enumerable.Range(0, 32).Except([9, 10, 13]).Append(127).Select(code => (char)code)]);

    private const string CoreTag = "tag:yaml.org,2002:";

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z")]
    private static partial Regex JsonNumber { get; }

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex CoreNumber { get; }

    [GeneratedRegex(@"\A0(x(?<hex>[0-9a-fA-F]{1,15})|o(?<octal>[0-7]{1,20}))\z")]
    private static partial Regex OtherBase { get; }

    public JsonElement Read(string text)
    {
        if (text.AsSpan().IndexOfAny(NotPrintable) is >= 0 and var at)
            throw new YamlException(1 + text.AsSpan(0, at).Count('\n'), at - text.LastIndexOf('\n', at), "a control character is no text");
        try
        {
            var reading = new Reading(new Parser(new StringReader(text.TrimStart('\uFEFF'))));
            return JsonSerializer.SerializeToElement(reading.Document());
        }
        catch (YamlDotNet.Core.YamlException wrong)
        {
            throw new YamlException(wrong.Start.Line, wrong.Start.Column, wrong.Message, wrong);
        }
        catch (Exception wrong) when (wrong is ArgumentException or InvalidOperationException or OverflowException)
        {
            // Of a reader that meets what its authors did not foresee.
            throw new YamlException(1, 1, "is not YAML", wrong);
        }
    }

    private static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ => Number(text) ?? JsonValue.Create(text),
    };

    private static JsonNode? Number(string text)
    {
        if (JsonNumber.IsMatch(text)) return JsonNode.Parse(text);
        if (OtherBase.Match(text) is { Success: true } other)
            return other.Groups["hex"] is { Success: true } hex
                ? JsonValue.Create(long.Parse(hex.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                : JsonValue.Create(Convert.ToInt64(other.Groups["octal"].Value, 8));
        if (!CoreNumber.IsMatch(text)) return null;
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsInfinity(number) ? null
            : number == Math.Floor(number) && Math.Abs(number) < 1e15 && text.All(character => character is not ('.' or 'e' or 'E'))
                ? JsonValue.Create((long)number) : JsonValue.Create(number);
    }

    private sealed class Reading(IParser parser)
    {
        private readonly Dictionary<string, Anchored> _anchors = [];
        private int _nodes;
        private int _characters;

        public JsonNode? Document()
        {
            parser.Consume<StreamStart>();
            if (parser.Current is StreamEnd) throw At(parser.Current, "holds nothing");
            parser.Consume<DocumentStart>();
            var (root, _) = Node(depth: 1);
            parser.Consume<DocumentEnd>();
            return parser.Current is StreamEnd ? root : throw At(parser.Current, "holds a second document");
        }

        /// <summary>A node, and how deep it is.</summary>
        private (JsonNode? Node, int Height) Node(int depth)
        {
            var start = parser.Current!;
            if (depth > MostDepth) throw At(start, $"is nested more than {MostDepth} deep");
            if (start is AnchorAlias alias) return Alias(alias, depth);
            var (nodes, characters) = (_nodes, _characters);
            Count(start, 1, 0);
            var (node, height) = start switch
            {
                Scalar => (Value(), 1),
                SequenceStart => Sequence(depth),
                MappingStart => Mapping(depth),
                _ => throw At(start, "is not expected here"),
            };
            // Noted after its content: an alias to what it stands in finds nothing.
            if (start is NodeEvent { Anchor: { IsEmpty: false } anchor })
                _anchors[anchor.Value] = new(node, height, _nodes - nodes, _characters - characters);
            return (node, height);
        }

        private (JsonNode? Node, int Height) Alias(AnchorAlias alias, int depth)
        {
            parser.MoveNext();
            if (!_anchors.TryGetValue(alias.Value.Value, out var anchored)) throw At(alias, $"refers to '*{alias.Value.Value}', which is not there");
            if (depth + anchored.Height - 1 > MostDepth) throw At(alias, $"is nested more than {MostDepth} deep");
            Count(alias, anchored.Nodes, anchored.Characters);
            return (anchored.Node?.DeepClone(), anchored.Height);
        }

        private JsonNode? Value()
        {
            var scalar = parser.Consume<Scalar>();
            Count(scalar, 0, scalar.Value.Length);
            if (!IsText(scalar.Value)) throw At(scalar, "holds half a surrogate pair, which is no text");
            if (scalar.Tag.IsNonSpecific || (scalar.Tag.IsEmpty && scalar.Style != ScalarStyle.Plain)) return JsonValue.Create(scalar.Value);
            if (scalar.Tag.IsEmpty) return Plain(scalar.Value);
            return (Kind(scalar, scalar.Tag), Plain(scalar.Value)) switch
            {
                ("str", _) => JsonValue.Create(scalar.Value),
                ("null", null) => null,
                ("bool", { } value) when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value,
                ("int" or "float", { } value) when value.GetValueKind() == JsonValueKind.Number => value,
                _ => throw At(scalar, $"'{scalar.Value}' is not what its tag '{scalar.Tag.Value}' says"),
            };
        }

        private (JsonNode Node, int Height) Sequence(int depth)
        {
            var start = parser.Consume<SequenceStart>();
            CheckTag(start, start.Tag, "seq");
            var (list, height) = (new JsonArray(), 0);
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                var (item, below) = Node(depth + 1);
                list.Add(item);
                height = Math.Max(height, below);
            }

            return (list, height + 1);
        }

        private (JsonNode Node, int Height) Mapping(int depth)
        {
            var start = parser.Consume<MappingStart>();
            CheckTag(start, start.Tag, "map");
            var (mapping, height) = (new JsonObject(), 0);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (parser.Current is not Scalar { Anchor.IsEmpty: true } key) throw At(parser.Current, "a key must be a string");
                parser.MoveNext();
                Count(key, 1, key.Value.Length);
                if (!IsText(key.Value)) throw At(key, "holds half a surrogate pair, which is no text");
                if (key is { Value: "<<", Style: ScalarStyle.Plain }) throw At(key, "merge keys ('<<') are not part of YAML 1.2");
                if (mapping.ContainsKey(key.Value)) throw At(key, $"'{key.Value}' is given more than once");
                var (value, below) = Node(depth + 1);
                mapping[key.Value] = value;
                height = Math.Max(height, below);
            }

            return (mapping, height + 1);
        }

        private static void CheckTag(ParsingEvent at, TagName tag, string kind)
        {
            if (!tag.IsEmpty && !tag.IsNonSpecific && Kind(at, tag) != kind) throw At(at, $"tag '{tag.Value}' is not supported");
        }

        private void Count(ParsingEvent at, int nodes, int characters)
        {
            _nodes += nodes;
            _characters += characters;
            if (_nodes > MostNodes) throw At(at, $"holds more than {MostNodes} values, aliases included");
            if (_characters > MostCharacters) throw At(at, $"holds more than {MostCharacters} characters, aliases included");
        }

        private static string Kind(ParsingEvent at, TagName tag) => tag.Value.StartsWith(CoreTag, StringComparison.Ordinal)
            ? tag.Value[CoreTag.Length..]
            : throw At(at, $"tag '{tag.Value}' is not supported");

        private static bool IsText(string value)
        {
            for (var i = 0; i < value.Length; i++)
            {
                if (!char.IsSurrogate(value[i])) continue;
                if (!char.IsHighSurrogate(value[i]) || i + 1 == value.Length || !char.IsLowSurrogate(value[++i])) return false;
            }

            return true;
        }

        private static YamlException At(ParsingEvent? place, string reason) =>
            new(place?.Start.Line ?? 1, place?.Start.Column ?? 1, reason);

        /// <summary>A node that aliases may refer to, and what it counts for.</summary>
        private sealed record Anchored(JsonNode? Node, int Height, int Nodes, int Characters);
    }
}
