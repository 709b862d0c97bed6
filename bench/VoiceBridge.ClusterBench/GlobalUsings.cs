global using VoiceBridge.CallControl.Calls.Lifecycle;
global using VoiceBridge.CallControl.Calls.Phone;
global using VoiceBridge.CallControl.Calls.Ringing;
