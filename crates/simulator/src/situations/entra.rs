//! Tenant and sign-in: what Entra says no to.

use serde_json::json;

use super::{Form, Situation, defender, id, sentinel, with_app};
use crate::demo;
use crate::exchange::Surface;
use crate::faults::{Action, Rule};
use crate::scenario::AppState;

pub(super) fn all() -> Vec<Situation> {
    let mut all = vec![
        Situation::new("all-well", "Nothing is the matter", defender()),
        Situation::new(
            "secret-id-pasted",
            "The Secret ID was pasted in the place of the secret's Value",
            Form { secret: demo::DEFENDER_SECRET_ID, ..defender() },
        ),
        Situation::new("secret-wrong", "The secret is not the app's", Form { secret: "wrong~secret", ..defender() }),
        Situation::new("secret-expired", "The secret has ended", with_app(defender(), demo::EXPIRED_CLIENT)),
        Situation::new("app-disabled", "The app is switched off", with_app(defender(), demo::DISABLED_CLIENT)),
        Situation::new(
            "conditional-access",
            "Conditional Access keeps the app out",
            with_app(defender(), demo::BLOCKED_CLIENT),
        ),
        Situation::new("secrets-forbidden", "An app management policy refuses secrets", defender())
            .app(|app| app.state = AppState::SecretsForbidden),
        Situation::new("app-unknown", "The client ID is another tenant's", with_app(defender(), demo::LEAN_CLIENT)),
        Situation::new(
            "tenant-unknown",
            "There is no such tenant",
            Form { tenant: "00000000-0000-4000-8000-0000000000bb", ..defender() },
        ),
        Situation::new("tenant-of-another-cloud", "The tenant lives in the cloud of the US government", defender())
            .tenant(|tenant| {
                tenant.graph_host = Some("graph.microsoft.us".into());
                tenant.sub_region = Some("DODCON".into());
            }),
    ];
    all.extend(ROWS.iter().map(row));
    all
}

/// Number, status, OAuth's word, and Microsoft's sentence with the identifiers of the demo.
type Row = (u32, u16, &'static str, &'static str);

/// What a client-credentials sign-in can be answered, after "Microsoft Entra authentication and authorization error codes",
/// where it is not what the demo's apps meet by themselves.
const ROWS: [Row; 45] = [
    (
        7_000_216,
        401,
        "invalid_client",
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    ),
    (
        7_000_218,
        401,
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    (700_011, 400, "unauthorized_client", "Application with identifier was not found in the directory."),
    (70_001, 400, "unauthorized_client", "The application is disabled."),
    (
        900_023,
        400,
        "invalid_request",
        "Specified tenant identifier is neither a valid DNS name, nor a valid external domain.",
    ),
    (
        50_059,
        400,
        "invalid_request",
        "No tenant-identifying information found in either the request or implied by any provided credentials.",
    ),
    (
        90_019,
        400,
        "invalid_request",
        "No tenant-identifying information found in either the request or implied by any provided credentials.",
    ),
    (
        50_128,
        400,
        "invalid_request",
        "Invalid domain name - No tenant-identifying information found in either the request or implied by any provided credentials.",
    ),
    (
        50_194,
        400,
        "invalid_request",
        "Application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported.",
    ),
    (9_001_023, 400, "invalid_request", "The grant type is not supported over the /common or /consumers endpoints."),
    (90_038, 400, "invalid_request", "Tenant request is made by confidential client in another national cloud."),
    (900_382, 400, "invalid_request", "Confidential Client is not supported in Cross Cloud request."),
    (900_432, 400, "invalid_request", "Confidential Client is not supported in Cross Cloud request."),
    (500_011, 400, "invalid_resource", "The resource principal was not found in the tenant."),
    (50_001, 400, "invalid_resource", "The resource is disabled or the resource named was not found."),
    (
        650_052,
        400,
        "invalid_client",
        "The app is trying to access a service that your organization lacks a service principal for.",
    ),
    (
        650_057,
        400,
        "invalid_resource",
        "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions.",
    ),
    (70_011, 400, "invalid_scope", "The provided value for the input parameter 'scope' isn't valid."),
    (1_002_012, 400, "invalid_scope", "The provided value for scope is not valid."),
    (
        700_022,
        400,
        "invalid_scope",
        "The provided value for the input parameter 'scope' isn't valid because it contains more than one resource.",
    ),
    (65_001, 400, "invalid_grant", "The user or administrator has not consented to use the application."),
    (530_035, 400, "invalid_grant", "Access has been blocked by security defaults."),
    (530_032, 400, "invalid_grant", "Blocked by Conditional Access policy due to the tenant's security policy."),
    (500_021, 403, "access_denied", "Access to tenant is denied."),
    (500_022, 400, "invalid_request", "Invalid restriction on tenant in the request."),
    (700_027, 401, "invalid_client", "Client assertion failed signature validation."),
    (50_012, 401, "invalid_client", "Authentication failed."),
    (700_024, 401, "invalid_client", "Client assertion is not within its valid time range."),
    (50_048, 401, "invalid_client", "Subject doesn't match Issuer claim in the client assertion."),
    (
        700_025,
        401,
        "invalid_client",
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
    (700_030, 401, "invalid_client", "Invalid certificate. The subject name in the certificate isn't authorized."),
    (50_034, 400, "invalid_grant", "The user account does not exist in the directory."),
    (50_196, 400, "invalid_grant", "The server terminated an operation because it encountered a client request loop."),
    (1_002_016, 426, "invalid_request", "You are using TLS version 1.0, 1.1 and/or 3DES cipher which are deprecated."),
    (90_033, 503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    (90_006, 500, "temporarily_unavailable", "External server retryable error."),
    (90_012, 503, "temporarily_unavailable", "Request timed out."),
    (90_024, 503, "temporarily_unavailable", "RequestBudgetExceededError: a transient error has occurred."),
    (90_090, 500, "temporarily_unavailable", "Graph call retryable error."),
    (50_033, 503, "temporarily_unavailable", "A retryable error has occurred."),
    (50_087, 503, "temporarily_unavailable", "A transient error has occurred during single sign-out."),
    (90_055, 429, "invalid_request", "The tenant is throttled because there are too many requests coming in."),
    (900_144, 400, "invalid_request", "The request body must contain the following parameter: 'grant_type'."),
    (90_014, 400, "invalid_request", "The required field 'client_id' is missing from the credential."),
    (
        1_000_031,
        400,
        "unauthorized_client",
        "The application cannot be accessed at this time. Contact your administrator.",
    ),
];

fn row(row: &Row) -> Situation {
    let (code, status, error, sentence) = row;
    let name = format!("aadsts-{code}");
    let (trace, correlation) = (id(&format!("trace {code}")), id(&format!("correlation {code}")));
    let time = "2026-11-25 12:00:00Z";
    let body = json!({
        "error": error,
        "error_description": format!("AADSTS{code}: {sentence} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}"),
        "error_codes": [code],
        "timestamp": time,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    });
    let refused =
        Rule::new(Action::Fail { status: *status, body: Some(body.to_string()) }).on(Surface::Login).path("/token");
    // What is said of an interface is said of the one that an organisation may lack.
    let form = if *error == "invalid_resource" || *code == 650_052 { defender() } else { sentinel() };
    Situation::new(&name, &format!("Entra answers the sign-in with AADSTS{code}"), form).faults([refused])
}
