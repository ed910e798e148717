//! Why no token is issued, with Entra's codes and words.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::exchange::Reply;
use crate::ids;

mod assertion;

/// A refusal before it has its ids.
pub(super) struct Refusal {
    status: u16,
    error: &'static str,
    /// `None` where nobody knows which one it would be.
    code: Option<u32>,
    message: String,
    /// What Conditional Access adds.
    claims: Option<Box<Value>>,
}

impl Refusal {
    fn new(status: u16, error: &'static str, code: u32, message: impl Into<String>) -> Refusal {
        Refusal { status, error, code: Some(code), message: message.into(), claims: None }
    }

    pub(super) fn unknown_tenant(tenant: &str) -> Refusal {
        let known_form = tenant.contains('.') || tenant.parse::<uuid::Uuid>().is_ok();
        if !known_form {
            let message = format!(
                "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain."
            );
            return Refusal::new(400, "invalid_request", 900_023, message);
        }
        let message = format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
        );
        Refusal::new(400, "invalid_request", 90_002, message)
    }

    pub(super) fn missing_parameter(name: &str) -> Refusal {
        Refusal::new(
            400,
            "invalid_request",
            900_144,
            format!("The request body must contain the following parameter: '{name}'."),
        )
    }

    pub(super) fn no_credential() -> Refusal {
        let message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        Refusal::new(401, "invalid_client", 7_000_218, message)
    }

    pub(super) fn grant_type(grant: &str) -> Refusal {
        let message = format!("The app requested an unsupported grant type '{grant}'.");
        Refusal::new(400, "unsupported_grant_type", 70_003, message)
    }

    pub(super) fn invalid_scope(scope: &str) -> Refusal {
        let message =
            format!("The provided value for the input parameter 'scope' isn't valid. The scope {scope} isn't valid.");
        Refusal::new(400, "invalid_scope", 70_011, message)
    }

    pub(super) fn not_default(scope: &str) -> Refusal {
        let message = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        Refusal::new(400, "invalid_scope", 1_002_012, message)
    }

    pub(super) fn several_resources(scope: &str) -> Refusal {
        let message = format!(
            "The provided value for the input parameter 'scope' is not valid because it contains more than one resource. The scope {scope} is not valid."
        );
        Refusal::new(400, "invalid_scope", 700_022, message)
    }

    pub(super) fn no_principal(resource: &str, tenant: &str) -> Refusal {
        let message = format!(
            "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."
        );
        Refusal::new(400, "invalid_resource", 500_011, message)
    }

    pub(super) fn unknown_app(client: &str, tenant: &str) -> Refusal {
        let message = format!(
            "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
        );
        Refusal::new(400, "unauthorized_client", 700_016, message)
    }

    pub(super) fn disabled(client: &str, name: &str) -> Refusal {
        let message = format!("Application '{client}'({name}) is disabled.");
        Refusal::new(400, "unauthorized_client", 7_000_112, message)
    }

    pub(super) fn wrong_secret(client: &str) -> Refusal {
        let message = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'."
        );
        Refusal::new(401, "invalid_client", 7_000_215, message)
    }

    pub(super) fn expired_secret(client: &str) -> Refusal {
        let message = format!(
            "The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."
        );
        Refusal::new(401, "invalid_client", 7_000_222, message)
    }

    pub(super) fn conditional_access() -> Refusal {
        let message =
            "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.";
        let policy = ids::guid("conditional access policy");
        let claims = json!({"access_token": {"capolids": {"essential": true, "values": [policy]}}});
        Refusal { claims: Some(Box::new(claims)), ..Refusal::new(400, "invalid_grant", 53_003, message) }
    }

    pub(super) fn redirect(address: &str, client: &str) -> Refusal {
        let message = format!(
            "The redirect URI '{address}' specified in the request does not match the redirect URIs configured for the application '{client}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal."
        );
        Refusal::new(400, "invalid_request", 50_011, message)
    }

    /// A code that is not changed for tokens.
    pub(super) fn code(code: u32, message: &str) -> Refusal {
        Refusal::new(400, "invalid_grant", code, message)
    }

    /// A page of Entra's own, where a browser cannot be sent back.
    pub(super) fn page(self, now: Timestamp) -> Reply {
        let said = self.described().replace('&', "&amp;").replace('<', "&lt;");
        let text = format!("<!DOCTYPE html><title>Sign in to your account</title><p>{said} Timestamp: {now}");
        Reply::text(self.status, "text/html; charset=utf-8", text)
    }

    fn described(&self) -> String {
        match self.code {
            Some(code) => format!("AADSTS{code}: {}", self.message),
            None => self.message.clone(),
        }
    }

    /// The body at discovery, which is shorter.
    pub(super) fn discovery(self) -> Reply {
        let error = if self.code == Some(90_002) { "invalid_tenant" } else { self.error };
        Reply::json(400, json!({"error": error, "error_description": self.described()}))
    }

    /// The body at the token endpoint. `seed` makes its ids.
    pub(super) fn reply(self, now: Timestamp, seed: &str) -> Reply {
        let trace = ids::guid(&format!("trace {seed} {now}"));
        let correlation = ids::guid(&format!("correlation {seed} {now}"));
        let timestamp = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let mut body = json!({
            "error": self.error,
            "error_description": format!(
                "{} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
                self.described()
            ),
            "error_codes": self.code.into_iter().collect::<Vec<_>>(),
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
        });
        if let (Some(code), Value::Object(members)) = (self.code, &mut body) {
            let page = format!("https://login.microsoftonline.com/error?code={code}");
            members.insert("error_uri".into(), page.into());
        }
        if let (Some(claims), Value::Object(members)) = (self.claims, &mut body) {
            members.insert("suberror".into(), "message_only".into());
            // JSON in text, as it is in the field.
            members.insert("claims".into(), claims.to_string().into());
        }
        Reply::json(self.status, body)
    }
}
