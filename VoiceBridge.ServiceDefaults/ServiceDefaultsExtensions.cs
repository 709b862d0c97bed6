namespace VoiceBridge.ServiceDefaults;

internal static class Placeholder;
