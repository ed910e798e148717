//! Causes of a refused sign-in, each with what to say and what to do.

/// Why a sign-in is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is said by its own sentence in `title`")]
pub enum RefusalCause {
    WrongSecret,
    SecretIdPasted,
    SecretExpired,
    SecretMissing,
    AppNotFound,
    AppDisabled,
    AppUnavailable,
    PublicClient,
    TenantNotFound,
    TenantNotNamed,
    WrongCloud,
    ResourceMissing,
    NotSubscribed,
    PermissionNotRequested,
    ConsentMissing,
    BadScope,
    ConditionalAccess,
    SecurityPolicy,
    TenantRestrictions,
    CertificateUnknown,
    CertificateExpired,
    CertificateRevoked,
    CertificateSubject,
    AssertionTime,
    AssertionInvalid,
    CredentialPolicy,
    FederatedNone,
    FederatedMismatch,
    FederatedIssuer,
    FederatedSubject,
    FederatedAudience,
    FederatedKey,
    FederatedByEntra,
    FederatedForbidden,
    IdentityEndpointMissing,
    IdentityNotFound,
    IdentityRefused,
    IdentityUnavailable,
    TokenFile,
    TokenFileStale,
    UserAccount,
    TooManyIdentical,
    OldTls,
    BadRequest,
    Unavailable,
    TenantThrottled,
    TokenRejected,
    Unknown,
}

use RefusalCause::*;

impl RefusalCause {
    /// Every cause.
    pub const ALL: [RefusalCause; 48] = [
        WrongSecret,
        SecretIdPasted,
        SecretExpired,
        SecretMissing,
        AppNotFound,
        AppDisabled,
        AppUnavailable,
        PublicClient,
        TenantNotFound,
        TenantNotNamed,
        WrongCloud,
        ResourceMissing,
        NotSubscribed,
        PermissionNotRequested,
        ConsentMissing,
        BadScope,
        ConditionalAccess,
        SecurityPolicy,
        TenantRestrictions,
        CertificateUnknown,
        CertificateExpired,
        CertificateRevoked,
        CertificateSubject,
        AssertionTime,
        AssertionInvalid,
        CredentialPolicy,
        FederatedNone,
        FederatedMismatch,
        FederatedIssuer,
        FederatedSubject,
        FederatedAudience,
        FederatedKey,
        FederatedByEntra,
        FederatedForbidden,
        IdentityEndpointMissing,
        IdentityNotFound,
        IdentityRefused,
        IdentityUnavailable,
        TokenFile,
        TokenFileStale,
        UserAccount,
        TooManyIdentical,
        OldTls,
        BadRequest,
        Unavailable,
        TenantThrottled,
        TokenRejected,
        Unknown,
    ];

    /// A stable word for it: what a validation has as `code`.
    pub fn as_str(self) -> &'static str {
        self.words().0
    }

    /// What happened, in a sentence.
    pub fn title(self) -> &'static str {
        self.words().1
    }

    /// What to do, in a sentence.
    pub fn remedy(self) -> &'static str {
        self.words().2
    }

    /// Whether it may pass by itself: then it is tried again rather than remembered.
    pub fn is_transient(self) -> bool {
        matches!(self, Unavailable | TenantThrottled | IdentityUnavailable)
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            WrongSecret => (
                "wrong_secret",
                "The client secret is not one of this app's.",
                "Paste the secret's Value from the app registration, Certificates & secrets; if it is no longer shown, make a new secret.",
            ),
            SecretIdPasted => (
                "secret_id_pasted",
                "What was saved as the secret has the form of a Secret ID.",
                "Paste the secret's Value, which Microsoft shows once, when the secret is made; if it is no longer shown, make a new secret.",
            ),
            SecretExpired => (
                "secret_expired",
                "The client secret has expired.",
                "Make a new secret in the app registration, Certificates & secrets, and save its Value here.",
            ),
            SecretMissing => {
                ("secret_missing", "No client secret was sent.", "Save the connection again with the secret's Value.")
            }
            AppNotFound => (
                "app_not_found",
                "There is no app with this client ID in the tenant.",
                "Compare the Application (client) ID and the Directory (tenant) ID with the app's overview page; an app of another tenant needs an administrator's consent first.",
            ),
            AppDisabled => (
                "app_disabled",
                "The app is disabled in the tenant.",
                "Open Enterprise applications, the app, Properties, and set Enabled for users to sign in to Yes.",
            ),
            AppUnavailable => (
                "app_unavailable",
                "The app cannot be used at this time.",
                "Ask the tenant's administrator why the app is not available, then validate again.",
            ),
            PublicClient => (
                "public_client",
                "The app is registered as a public client, which has no secret.",
                "Register a web app, or set Allow public client flows to No in the app registration, Authentication.",
            ),
            TenantNotFound => (
                "tenant_not_found",
                "There is no such tenant in this cloud.",
                "Compare the Directory (tenant) ID with the app's overview page, and the cloud with the portal that you use.",
            ),
            TenantNotNamed => (
                "tenant_not_named",
                "The sign-in does not say for which tenant it is.",
                "Save the connection with the Directory (tenant) ID of your own tenant.",
            ),
            WrongCloud => (
                "wrong_cloud",
                "The tenant is in another cloud.",
                "Choose the cloud in which the tenant lives, and save again.",
            ),
            ResourceMissing => (
                "resource_missing",
                "The tenant does not have the interface that is asked for.",
                "Compare the cloud; in the right one, the product behind the interface is not set up in the tenant.",
            ),
            NotSubscribed => (
                "not_subscribed",
                "The organisation has no subscription to the service.",
                "Ask the tenant's administrator whether the product is licensed.",
            ),
            PermissionNotRequested => (
                "permission_not_requested",
                "The app registration does not name the interface among its API permissions.",
                "Add the permission in the app registration, API permissions, and grant admin consent.",
            ),
            ConsentMissing => (
                "consent_missing",
                "Nobody has consented to the app's permissions.",
                "Open the app registration, API permissions, and choose Grant admin consent.",
            ),
            BadScope => (
                "bad_scope",
                "Microsoft does not know the interface under the name that was sent.",
                "Compare the cloud; for a cloud of your own, compare its *_resource settings.",
            ),
            ConditionalAccess => (
                "conditional_access",
                "A Conditional Access policy blocks the app.",
                "Find the policy in the sign-in log under Service principal sign-ins, and exclude the app, or admit the address from which Oriel connects.",
            ),
            SecurityPolicy => (
                "security_policy",
                "The tenant's security defaults or policy block the sign-in.",
                "Ask the tenant's administrator which policy stands in the sign-in log, and to admit the app.",
            ),
            TenantRestrictions => (
                "tenant_restrictions",
                "A proxy on the way restricts which tenants may be signed in to.",
                "Ask the network's administrator to admit the tenant in the proxy's tenant restrictions.",
            ),
            CertificateUnknown => (
                "certificate_unknown",
                "The app registration does not know the certificate that Oriel signs in with.",
                "Upload its public part in the app registration, Certificates & secrets, Certificates, and compare the thumbprint there with the one that Oriel shows.",
            ),
            CertificateExpired => (
                "certificate_expired",
                "The certificate has expired.",
                "Make a new certificate, upload its public part in the app registration, Certificates & secrets, Certificates, and save it here with its key.",
            ),
            CertificateRevoked => (
                "certificate_revoked",
                "The certificate was revoked by the authority that issued it.",
                "Make a new certificate, upload its public part in the app registration, Certificates & secrets, Certificates, and save it here with its key.",
            ),
            CertificateSubject => (
                "certificate_subject",
                "The app registration does not accept a certificate of this subject or issuer.",
                "Use a certificate with the subject and the issuer that the app registration names, or upload this one under Certificates & secrets, Certificates.",
            ),
            AssertionTime => (
                "assertion_time",
                "By Microsoft's clock, the signed statement that Oriel signs in with is not good now.",
                "Set the clock of the machine on which Oriel runs, best by NTP: a few minutes of difference are too many.",
            ),
            AssertionInvalid => (
                "assertion_invalid",
                "Entra cannot verify the signed statement by which the app signs in.",
                "With a certificate, compare its end date and the thumbprint under Certificates & secrets; with a federated credential, compare its issuer. Compare the client ID in both cases.",
            ),
            CredentialPolicy => (
                "credential_policy",
                "A policy of the tenant does not allow this kind of credential.",
                "Sign in by a certificate or a managed identity instead, or ask the tenant's administrator for an exception in the app management policy.",
            ),
            FederatedNone => (
                "federated_none",
                "The app registration has no federated credential.",
                "Open the app registration, Certificates & secrets, Federated credentials, and add one for the managed identity or for the issuer of the token.",
            ),
            FederatedMismatch => (
                "federated_mismatch",
                "None of the app's federated credentials fits the token.",
                "Compare issuer, subject and audience in Microsoft's message, letter by letter, with those under Certificates & secrets, Federated credentials; a new one takes some minutes to be known.",
            ),
            FederatedIssuer => (
                "federated_issuer",
                "None of the app's federated credentials names the issuer of the token.",
                "Compare the issuer in Microsoft's message, letter by letter and slash by slash, with the one under Certificates & secrets, Federated credentials; a new one takes some minutes to be known.",
            ),
            FederatedSubject => (
                "federated_subject",
                "None of the app's federated credentials names the subject of the token.",
                "Compare the subject in Microsoft's message, letter by letter, with the one under Certificates & secrets, Federated credentials; of a managed identity it is the Object (principal) ID, not the client ID.",
            ),
            FederatedAudience => (
                "federated_audience",
                "None of the app's federated credentials names the audience of the token.",
                "Let the token be issued for the audience that stands under Certificates & secrets, Federated credentials: api://AzureADTokenExchange, or the name that the tenant's cloud has for it.",
            ),
            FederatedKey => (
                "federated_key",
                "Entra does not find the key of the token among those that its issuer publishes.",
                "Check that the issuer's address can be read from the internet and lists its present keys; after a change of keys, Entra may take an hour to see them.",
            ),
            FederatedByEntra => (
                "federated_by_entra",
                "The token was issued by Entra for something that may not vouch for this app.",
                "Use a managed identity of the tenant in which the app is registered; an app, or an identity of another tenant, cannot vouch for one.",
            ),
            FederatedForbidden => (
                "federated_forbidden",
                "A policy of the tenant does not allow this federated credential.",
                "Ask the tenant's administrator to admit the issuer of the token, or sign in by a certificate.",
            ),
            IdentityEndpointMissing => (
                "identity_endpoint_missing",
                "This machine has no managed identity: nothing answers where Azure offers it.",
                "Run Oriel on a machine or container in Azure that has a managed identity, or sign in by a certificate.",
            ),
            IdentityNotFound => (
                "identity_not_found",
                "This machine does not have the managed identity that the connection names.",
                "Assign the identity to the machine in the Azure portal, Identity; with several, compare the client ID of the user-assigned one.",
            ),
            IdentityRefused => (
                "identity_refused",
                "The managed identity of this machine gives no token for signing in.",
                "Check in the Azure portal that the machine's managed identity is on and was not deleted, then validate again.",
            ),
            IdentityUnavailable => (
                "identity_unavailable",
                "The managed identity of this machine is not available at the moment.",
                "Wait two minutes, for Azure updates it now and then; it is tried again by itself.",
            ),
            TokenFile => (
                "token_file",
                "The file with the federated token cannot be used.",
                "Compare the path, and let the platform write the token there so that the account that Oriel runs as can read it.",
            ),
            TokenFileStale => (
                "token_file_stale",
                "The token in the file has expired, or is not good yet.",
                "Check that the platform still renews the file, and that the clock of this machine is right.",
            ),
            UserAccount => (
                "user_account",
                "What was saved as the client ID belongs to a user account.",
                "Save the Application (client) ID of an app registration.",
            ),
            TooManyIdentical => (
                "too_many_identical",
                "Entra has seen too many identical sign-ins of this app.",
                "Wait a few minutes; if it stays so, look for another program that signs in with the same app.",
            ),
            OldTls => (
                "old_tls",
                "A device on the way speaks an old version of TLS with Microsoft.",
                "Ask the network's administrator to let the proxy use TLS 1.2 or newer.",
            ),
            BadRequest => (
                "bad_request",
                "Entra cannot read the sign-in.",
                "Compare the tenant ID and the client ID; if they are right, report it with the trace id.",
            ),
            Unavailable => {
                ("unavailable", "Entra is not available at the moment.", "Wait; it is tried again by itself.")
            }
            TenantThrottled => (
                "tenant_throttled",
                "The tenant has sent more sign-ins than Entra allows.",
                "Wait; it is tried again by itself.",
            ),
            TokenRejected => (
                "token_rejected",
                "The sign-in succeeds, but the interface does not accept its token.",
                "Compare the cloud; if it is right, check whether the app was disabled or a Conditional Access policy changed, then validate again.",
            ),
            Unknown => (
                "refused",
                "Entra refuses the sign-in for a reason that has no name here.",
                "Look the code up on the page that Microsoft's message names, or ask the tenant's administrator with the trace id.",
            ),
        }
    }
}
