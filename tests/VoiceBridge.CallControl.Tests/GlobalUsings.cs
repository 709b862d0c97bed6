global using VoiceBridge.CallControl.Calls.Phone;
global using VoiceBridge.CallControl.Calls.Recovery;
global using VoiceBridge.CallControl.Calls.Ringing;
global using VoiceBridge.CallControl.Calls.Work;
global using VoiceBridge.CallControl.ClusterState;
global using VoiceBridge.CallControl.Phones.Acs;
global using VoiceBridge.CallControl.Phones.Acs.Callbacks;
global using VoiceBridge.CallControl.Phones.Acs.EventGrid;
