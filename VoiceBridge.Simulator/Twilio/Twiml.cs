using System.Xml;
using System.Xml.Linq;

namespace VoiceBridge.Simulator.Twilio;

/// <summary>A document that says what to do with a call, verb by verb.</summary>
internal sealed record Twiml(IReadOnlyList<XElement> Verbs)
{
    private static readonly string[] Known = ["Connect", "Redirect", "Pause", "Reject", "Dial", "Hangup"];

    /// <summary>Reads a document as strictly as Twilio: one root called Response, verbs that exist.</summary>
    /// <exception cref="FormatException">It is no TwiML (error 12100 and the like).</exception>
    internal static Twiml Read(string text)
    {
        XElement root;
        try
        {
            root = XDocument.Parse(text).Root!;
        }
        catch (XmlException e)
        {
            throw new FormatException($"12100: {e.Message}", e);
        }
        if (root.Name != "Response") throw new FormatException("12102: the root is not Response.");
        if (root.Elements().FirstOrDefault(verb => !Known.Contains(verb.Name.LocalName)) is { } unknown) throw new FormatException($"12200: {unknown.Name} is no verb.");
        return new Twiml([.. root.Elements()]);
    }
}
