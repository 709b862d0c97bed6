using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests;

/// <summary>Who may know whom within the gateway.</summary>
public sealed class FoldersTests
{
    // What a call is stands below what is done with it: all know the facts and the phone of a call, and few the call itself.
    private static readonly string[] Folders =
    [
        "Sockets", "Configuration", "Calls.Facts", "Journal", "Transcripts", "Engines", "Audio", "Tools", "Agents", "Calls", "Callers", "Connections", "WarmUp",
    ];

    private static readonly FolderArrows Arrows = new(typeof(MediaGatewayApp).Assembly, Folders);

    public static TheoryData<string> EachFolder => [.. Folders];

    [Theory, MemberData(nameof(EachFolder))]
    public void Folder_KnowsOnlyThoseBelowIt(string folder) => Arrows.AssertKnowsOnlyThoseBelow(folder);

    [Fact]
    public void EveryType_IsInAFolderThatIsListed() => Arrows.AssertAllAreListed();
}
