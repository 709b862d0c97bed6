namespace VoiceBridge.Simulator.Marks;

/// <summary>What a word in the low bits of audio says of it.</summary>
internal enum MarkKind
{
    None = 0,

    /// <summary>The caller: the call's mark, and the number of the utterance (0 = not speaking).</summary>
    Caller = 1,

    /// <summary>The agent: the mark of the call it hears, and the number of the item that it speaks.</summary>
    Agent = 2,

    /// <summary>A measuring caller: the call's mark, and the number of the frame.</summary>
    Probe = 3,

    /// <summary>Two bytes of the text that is being said: index, number of pairs, the pair.</summary>
    Text = 4,
}
