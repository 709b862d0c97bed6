namespace VoiceBridge.MediaGateway.Calls;

/// <summary>Something for a call's loop to decide on: a server event, a tool's result, a key, an operator's order.</summary>
/// <param name="Name">Named in the log when <paramref name="Handle"/> fails.</param>
/// <param name="Handle">What the loop does about it.</param>
internal readonly record struct CallSignal(string Name, Action Handle);
