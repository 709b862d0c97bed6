namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// The members of a JSON object in a message, one after the other, read without allocating. Services really send one form, which is read by looking for quotes
/// (<see cref="PlainJsonMembers"/>); a message that is not in it is read again as any JSON (<see cref="JsonMembers"/>). A value that is not asked for is skipped.
/// </summary>
internal interface IJsonMembers
{
    /// <summary>The member's name.</summary>
    ReadOnlySpan<byte> Name { get; }

    /// <summary>Goes on to the next member of the object; false at its end, from where the object around it goes on.</summary>
    bool Next();

    /// <summary>Steps into the member's value, if it is an object: its members come next.</summary>
    bool Enter();

    /// <summary>The member's value, if it is a string; else empty.</summary>
    ReadOnlySpan<byte> ReadText();

    /// <summary>The same for base64; anything else is a mistake in the message.</summary>
    ReadOnlySpan<byte> ReadBase64();

    /// <summary>The member's value, if it is a whole number; else 0.</summary>
    int ReadNumber();

    /// <summary>After the last member: whether the message ends here, and nothing was wrong with it.</summary>
    bool IsWhole();
}
