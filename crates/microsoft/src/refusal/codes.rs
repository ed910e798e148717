//! The AADSTS numbers that a client-credentials sign-in meets.

use super::cause::RefusalCause::{self, *};

/// Number and cause, after "Microsoft Entra authentication and authorization error codes".
pub(super) const CODES: [(u32, RefusalCause); 77] = [
    (7000215, WrongSecret),
    (7000222, SecretExpired),
    (7000216, SecretMissing),
    (7000218, SecretMissing),
    (700016, AppNotFound),
    (700011, AppNotFound),
    (7000112, AppDisabled),
    (70001, AppDisabled),
    (90002, TenantNotFound),
    (900023, TenantNotFound),
    (50059, TenantNotNamed),
    (90019, TenantNotNamed),
    (50128, TenantNotNamed),
    (50194, TenantNotNamed),
    (9001023, TenantNotNamed),
    (90038, WrongCloud),
    (900382, WrongCloud),
    (900432, WrongCloud),
    (500011, ResourceMissing),
    (50001, ResourceMissing),
    (650052, NotSubscribed),
    (650057, PermissionNotRequested),
    (70011, BadScope),
    (1002012, BadScope),
    (700022, BadScope),
    (65001, ConsentMissing),
    (53003, ConditionalAccess),
    (530035, SecurityPolicy),
    (530032, SecurityPolicy),
    (500021, TenantRestrictions),
    (500022, TenantRestrictions),
    (700027, CertificateUnknown),
    (50012, CertificateUnknown),
    (700024, AssertionTime),
    (50048, AssertionInvalid),
    (50013, AssertionInvalid),
    (50027, AssertionInvalid),
    (700021, AssertionInvalid),
    (700023, AssertionInvalid),
    // Named both for an invalid signature and for a certificate outside its validity in Microsoft's own sources.
    (7000274, AssertionInvalid),
    (700030, CertificateSubject),
    (1000502, CertificateExpired),
    (7000214, CertificateRevoked),
    (7000277, CertificateRevoked),
    // Federated credentials, as Microsoft's service answers; the page of error codes has 70021 alone.
    (70025, FederatedNone),
    (70021, FederatedMismatch),
    (700211, FederatedIssuer),
    (700212, FederatedAudience),
    (7002121, FederatedAudience),
    (700227, FederatedAudience),
    (700213, FederatedSubject),
    (7002137, FederatedSubject),
    (7002138, FederatedSubject),
    (7000272, FederatedKey),
    // Tokens that Entra itself issued, of an app that is no managed identity or of one in another tenant.
    (700222, FederatedByEntra),
    (700226, FederatedByEntra),
    (700236, FederatedByEntra),
    // "Workload identity federation was disabled in your tenant" (Azure DevOps, service connections), and a claim that the
    // tenant demands.
    (700223, FederatedForbidden),
    (700238, FederatedForbidden),
    (7002381, FederatedForbidden),
    (700025, PublicClient),
    (50034, UserAccount),
    (50196, TooManyIdentical),
    (1002016, OldTls),
    (90033, Unavailable),
    (90006, Unavailable),
    (90012, Unavailable),
    (90024, Unavailable),
    (90090, Unavailable),
    (50033, Unavailable),
    (50087, Unavailable),
    (90055, TenantThrottled),
    (900144, BadRequest),
    (90014, BadRequest),
    (1000031, AppUnavailable),
    // The older number for a wrong secret, and the newer one for an app without a service principal in the tenant.
    (70002, WrongSecret),
    (7000229, AppNotFound),
];

pub(super) fn cause(code: u32) -> Option<RefusalCause> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, cause)| *cause)
}

/// An app management policy keeps secrets, or secrets of too long a life, from being added to an app. How Entra refuses a
/// sign-in under one is documented nowhere, so the words are looked for that Microsoft Graph uses where a secret is added.
pub(super) fn cause_of_text(description: &str) -> Option<RefusalCause> {
    let text = description.to_ascii_lowercase();
    let words = ["as per assigned policy", "app management policy", "application management policy"];
    words.iter().any(|words| text.contains(words)).then_some(CredentialPolicy)
}

/// What OAuth's own word says where the number is unknown or absent.
pub(super) fn cause_of_word(error: &str) -> RefusalCause {
    match error {
        "invalid_tenant" => TenantNotFound,
        "invalid_scope" => BadScope,
        "invalid_resource" => ResourceMissing,
        "temporarily_unavailable" | "server_error" => Unavailable,
        _ => Unknown,
    }
}
