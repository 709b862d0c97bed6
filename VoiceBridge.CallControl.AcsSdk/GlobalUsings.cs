global using VoiceBridge.CallControl.Calls.Phone;
global using VoiceBridge.CallControl.Phones.Acs;
