using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace VoiceBridge.AppHost.Tests.Running;

/// <summary>Tests run in the order in which they are written: those that share an application which the last of them ends.</summary>
public sealed class WrittenOrder : ITestMethodOrderer
{
    public IReadOnlyCollection<TTestMethod?> OrderTestMethods<TTestMethod>(IReadOnlyCollection<TTestMethod?> testMethods)
        where TTestMethod : notnull, ITestMethod =>
        [.. testMethods.OrderBy(method => (method as IXunitTestMethod)?.Method.GetCustomAttribute<FactAttribute>()?.SourceLineNumber)];
}
