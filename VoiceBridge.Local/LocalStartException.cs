namespace VoiceBridge.Local;

/// <summary>The local system cannot start, for a reason that its user can remove: each line of the message says one. Shown without a stack.</summary>
public sealed class LocalStartException : Exception
{
    public LocalStartException()
    {
    }

    public LocalStartException(string message)
        : base(message)
    {
    }

    public LocalStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>One line for each reason.</summary>
    internal static LocalStartException Of(IEnumerable<string> reasons) => new(string.Join(Environment.NewLine, reasons));
}
