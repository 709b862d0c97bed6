namespace Azure.Communication
{
    public abstract partial class CommunicationIdentifier
    {
        protected CommunicationIdentifier() { }
    }

    public partial class CommunicationUserIdentifier : CommunicationIdentifier
    {
        public CommunicationUserIdentifier(string id) { throw null; }
    }

    public partial class MicrosoftTeamsUserIdentifier : CommunicationIdentifier
    {
        public MicrosoftTeamsUserIdentifier(string userId, bool isAnonymous = false, CommunicationCloudEnvironment? cloud = null, string rawId = null) { throw null; }
    }

    public readonly partial struct CommunicationCloudEnvironment
    {
    }

    public partial class PhoneNumberIdentifier : CommunicationIdentifier
    {
        public PhoneNumberIdentifier(string phoneNumber, string rawId = null) { throw null; }
    }
}
