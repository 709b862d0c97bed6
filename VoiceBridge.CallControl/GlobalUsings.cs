// What the folders of the service are to each other is held by a test (tests/VoiceBridge.CallControl.Tests/ArrowsTests.cs).
global using VoiceBridge.CallControl.Api;
global using VoiceBridge.CallControl.Calls.Lifecycle;
global using VoiceBridge.CallControl.Calls.Ending;
global using VoiceBridge.CallControl.Calls.Phone;
global using VoiceBridge.CallControl.Calls.Recovery;
global using VoiceBridge.CallControl.Calls.Ringing;
global using VoiceBridge.CallControl.Calls.Work;
global using VoiceBridge.CallControl.ClusterState;
global using VoiceBridge.CallControl.EndedCalls;
global using VoiceBridge.CallControl.Http;
global using VoiceBridge.CallControl.Phones.Acs;
global using VoiceBridge.CallControl.Phones.Acs.Callbacks;
global using VoiceBridge.CallControl.Phones.Acs.EventGrid;
global using VoiceBridge.CallControl.Phones.Twilio;
global using VoiceBridge.CallControl.Stats;
global using VoiceBridge.CallControl.WarmUp;
