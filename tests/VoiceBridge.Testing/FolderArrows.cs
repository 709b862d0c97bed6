using System.Reflection;
using NetArchTest.Rules;

namespace VoiceBridge.Testing;

/// <summary>The folders of a service, the lowest first: each may use those before it and none after it. One within another may be listed apart.</summary>
/// <param name="assembly">The service.</param>
/// <param name="folders">Its namespaces, without the assembly's name.</param>
public sealed class FolderArrows(Assembly assembly, params string[] folders)
{
    private readonly string _service = assembly.GetName().Name + ".";

    /// <summary>Fails when a type of <paramref name="folder"/> uses one of a folder above.</summary>
    public void AssertKnowsOnlyThoseBelow(string folder)
    {
        var place = Array.IndexOf(folders, folder);
        var above = assembly.GetTypes().Where(type => !type.IsNested && PlaceOf(type) > place).Select(type => type.FullName).ToArray();
        if (above.Length == 0) return;
        var rule = Types.InAssembly(assembly).That().ResideInNamespace(_service + folder).ShouldNot().HaveDependencyOnAny(above);
        var failing = rule.GetResult().FailingTypeNames ?? [];
        Assert.True(failing.Count == 0, $"These know what is above {folder}: {string.Join(", ", failing)}");
    }

    /// <summary>Fails when a type is in a folder that is not listed.</summary>
    public void AssertAllAreListed() =>
        Assert.Empty(assembly.GetTypes().Where(type => type.Namespace?.StartsWith(_service, StringComparison.Ordinal) == true && PlaceOf(type) < 0));

    /// <summary>The place of the innermost listed folder that the type is in; -1 for none.</summary>
    private int PlaceOf(Type type) =>
        Array.IndexOf(folders, folders.Where(folder => $"{type.Namespace}.".StartsWith($"{_service}{folder}.", StringComparison.Ordinal)).MaxBy(folder => folder.Length));
}
