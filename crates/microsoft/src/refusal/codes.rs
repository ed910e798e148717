//! The AADSTS numbers that a client-credentials sign-in meets.

use super::cause::RefusalCause::{self, *};

/// Number and cause, after "Microsoft Entra authentication and authorization error codes".
pub(super) const CODES: [(u32, RefusalCause); 53] = [
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
    (700027, CertificateRejected),
    (50012, CertificateRejected),
    (700024, CertificateRejected),
    (50048, CertificateRejected),
    (700030, CertificateRejected),
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
