namespace VoiceBridge.Cluster;

internal static class Placeholder;
