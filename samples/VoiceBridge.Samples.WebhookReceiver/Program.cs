VoiceBridge.Samples.WebhookReceiver.WebhookReceiverApp.Create(args).Run();
