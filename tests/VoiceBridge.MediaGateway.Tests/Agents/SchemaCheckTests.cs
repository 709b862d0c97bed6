using System.Text.Json;
using VoiceBridge.MediaGateway.Tools;

namespace VoiceBridge.MediaGateway.Tests.Agents;

public sealed class SchemaCheckTests
{
    private const string Schema = """
        {"type":"object","required":["order"],"properties":{
          "order":{"type":"string","enum":["4711","4712"]},
          "count":{"type":"integer"},
          "price":{"type":["number","null"]},
          "gift":{"type":"boolean"},
          "kind":{"const":"online"},
          "lines":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["sku"],"properties":{"sku":{"type":"string"}}}},
          "never":false,
          "anything":true}}
        """;

    [Theory]
    [InlineData("""{"order":"4711","count":3,"price":null,"gift":true,"kind":"online","lines":[{"sku":"a"}],"anything":[1]}""", null)]
    [InlineData("""{"order":"4711","count":3.0,"price":1.5}""", null)]
    [InlineData("""{"count":3}""", "'order' is missing")]
    [InlineData("""{"order":"9999"}""", "'order' must be one of [\"4711\",\"4712\"]")]
    [InlineData("""{"order":4711}""", "'order' must be of type string")]
    [InlineData("""{"order":"4711","count":3.5}""", "'count' must be of type integer")]
    [InlineData("""{"order":"4711","price":"5"}""", "'price' must be of type number or null")]
    [InlineData("""{"order":"4711","gift":"true"}""", "'gift' must be of type boolean")]
    [InlineData("""{"order":"4711","kind":"shop"}""", "'kind' must be \"online\"")]
    [InlineData("""{"order":"4711","lines":{}}""", "'lines' must be of type array")]
    [InlineData("""{"order":"4711","lines":[{"sku":"a"},{}]}""", "'lines[1].sku' is missing")]
    [InlineData("""{"order":"4711","lines":[{"sku":"a","admin":true}]}""", "'lines[0].admin' is not allowed")]
    [InlineData("""{"order":"4711","never":1}""", "'never' is not allowed")]
    public void Problem_IsNamed(string arguments, string? problem)
    {
        var found = SchemaCheck.Problem(JsonElement.Parse(arguments), JsonElement.Parse(Schema));
        if (problem is null)
            Assert.Null(found);
        else
            Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{}}}""", true)]
    [InlineData("""{"type":"object"}""", true)]
    [InlineData("{}", true)]
    [InlineData("""{"type":"object","properties":{"a":{}},"additionalProperties":false}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{}},"additionalProperties":true}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{}},"additionalProperties":{"type":"boolean"}}""", false)]
    [InlineData("""{"type":"object","anyOf":[{"properties":{"admin":{}}}]}""", false)]
    public void ArgumentsThatTheSchemaDoesNotName_AreFound_UnlessItAllowsThem(string schema, bool refused)
    {
        var found = SchemaCheck.Unnamed(JsonElement.Parse("""{"a":1,"admin":true}"""), JsonElement.Parse(schema));
        if (refused)
            Assert.Contains("'admin'", found, StringComparison.Ordinal);
        else
            Assert.Null(found);
    }
}
