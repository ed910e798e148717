//! Refusals of sign-ins without a secret.

use jiff::Timestamp;

use super::Refusal;

const FEDERATION: &str = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

impl Refusal {
    pub(in crate::login) fn assertion_type() -> Refusal {
        Refusal::missing_parameter("client_assertion_type")
    }

    pub(in crate::login) fn no_statement() -> Refusal {
        let message = "Invalid JWT token. The token is malformed, or its signature algorithm is not supported.";
        Refusal::new(401, "invalid_client", 50_027, message)
    }

    pub(in crate::login) fn certificate(reason: &str, thumbprint: &str) -> Refusal {
        let message = format!(
            "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}']"
        );
        Refusal::new(401, "invalid_client", 700_027, message)
    }

    pub(in crate::login) fn other_subject() -> Refusal {
        let message = "Subject mismatches Issuer claim in the client assertion.";
        Refusal::new(401, "invalid_client", 50_048, message)
    }

    pub(in crate::login) fn other_audience() -> Refusal {
        let message = "Client assertion audience claim does not match Realm issuer.";
        Refusal::new(401, "invalid_client", 700_023, message)
    }

    pub(in crate::login) fn out_of_time(now: Timestamp, (begin, end): (i64, i64)) -> Refusal {
        let at = |second| Timestamp::from_second(second).map_or_else(|_| "never".to_owned(), |time| time.to_string());
        let message = format!(
            "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {}, expiry time of assertion {}.",
            at(begin),
            at(end)
        );
        Refusal::new(401, "invalid_client", 700_024, message)
    }

    pub(in crate::login) fn bad_signature() -> Refusal {
        let message = "Assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value.]";
        Refusal::new(401, "invalid_client", 50_013, message)
    }

    pub(in crate::login) fn not_federated(client: &str, name: &str) -> Refusal {
        let message = format!("The client '{client}'({name}) has no configured federated identity credentials.");
        Refusal::new(401, "invalid_client", 70_025, message)
    }

    /// `what` is issuer, subject or audience, each with a number of its own.
    pub(in crate::login) fn no_match(code: u32, what: &str, value: &str) -> Refusal {
        let message = format!(
            "No matching federated identity record found for presented assertion {what} '{value}'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. {FEDERATION}"
        );
        Refusal::new(401, "invalid_client", code, message)
    }

    pub(in crate::login) fn no_key(issuer: &str) -> Refusal {
        let message = format!(
            "The certificate with identifier used to sign the federated credential could not be found in the metadata of identity provider with issuer '{issuer}'."
        );
        Refusal::new(401, "invalid_client", 7_000_272, message)
    }

    pub(in crate::login) fn identity_elsewhere(issuer: &str) -> Refusal {
        let message = format!(
            "Entra ID tokens issued by issuer '{issuer}' may not be used for federated identity credential flows for applications or managed identities registered in this tenant."
        );
        Refusal::new(401, "invalid_client", 700_236, message)
    }

    pub(in crate::login) fn federation_forbidden() -> Refusal {
        let message = "Workload identity federation is disabled in this tenant by policy.";
        Refusal::new(401, "invalid_client", 700_238, message)
    }

    /// How a sign-in is refused under an app management policy is documented nowhere. These are the words of Microsoft
    /// Graph where a secret is added against one, without a number, so that nobody takes one for known.
    pub(in crate::login) fn secrets_forbidden(policy: &str) -> Refusal {
        let message = format!("Credential type not allowed as per assigned policy '{policy}'.");
        Refusal { code: None, ..Refusal::new(401, "invalid_client", 0, message) }
    }
}
