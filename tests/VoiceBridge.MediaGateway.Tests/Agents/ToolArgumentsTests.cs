using System.Text.Json;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Tools;

namespace VoiceBridge.MediaGateway.Tests.Agents;

public sealed class ToolArgumentsTests
{
    private const string OrderSchema = """
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
    [InlineData("""{"order":"9999"}""", "'order' must be one of 4711, 4712, not '9999'")]
    [InlineData("""{"order":4711}""", "'order' must be a string, not 4711")]
    [InlineData("""{"order":"4711","count":3.5}""", "'count' must be a whole number, not 3.5")]
    [InlineData("""{"order":"4711","price":"5"}""", "'price' must be a number or null, not '5'")]
    [InlineData("""{"order":"4711","gift":"true"}""", "'gift' must be true or false, not 'true'")]
    [InlineData("""{"order":"4711","kind":"shop"}""", "'kind' must be online, not 'shop'")]
    [InlineData("""{"order":"4711","lines":{}}""", "'lines' must be a list")]
    [InlineData("""{"order":"4711","lines":[{"sku":"a"},{}]}""", "'lines.1.sku' is missing")]
    [InlineData("""{"order":"4711","lines":[{"sku":"a","admin":true}]}""", "'lines.0.admin' is not allowed")]
    [InlineData("""{"order":"4711","never":1}""", "'never' is not allowed")]
    public void Problem_IsNamed(string arguments, string? problem)
    {
        var found = ToolArguments.Problem(JsonElement.Parse(arguments), new Schema(JsonElement.Parse(OrderSchema)));
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
        var found = ToolArguments.Problem(JsonElement.Parse("""{"a":1,"admin":true}"""), new Schema(JsonElement.Parse(schema)));
        if (refused)
            Assert.Contains("'admin'", found, StringComparison.Ordinal);
        else
            Assert.Null(found);
    }
}
