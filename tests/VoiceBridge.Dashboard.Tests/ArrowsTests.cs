using VoiceBridge.Testing;

namespace VoiceBridge.Dashboard.Tests;

/// <summary>Who may know whom.</summary>
public sealed class ArrowsTests
{
    private static readonly string[] Folders =
    [
        "Presentation", "Access", "Snapshots", "EndedCalls", "Commands", "Calls", "Talk",
        "Components.Charts", "Components.Messages", "Components.Parts", "Components.Layout", "Components.Pages", "Components", "Api",
    ];

    private static readonly FolderArrows Arrows = new(typeof(DashboardApp).Assembly, Folders);

    public static TheoryData<string> EachFolder => [.. Folders];

    [Theory, MemberData(nameof(EachFolder))]
    public void Folder_KnowsOnlyThoseBelowIt(string folder) => Arrows.AssertKnowsOnlyThoseBelow(folder);

    [Fact]
    public void EveryType_IsInAFolderThatIsListed() => Arrows.AssertAllAreListed();
}
