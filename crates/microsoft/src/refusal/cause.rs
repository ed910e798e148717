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
    CertificateRejected,
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
    pub const ALL: [RefusalCause; 28] = [
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
        CertificateRejected,
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
        matches!(self, Unavailable | TenantThrottled)
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
            CertificateRejected => (
                "certificate_rejected",
                "The certificate is not accepted.",
                "Oriel signs in by a client secret: save the connection again with the secret's Value.",
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
