//! Errors as Log Analytics words them: nested, the deepest saying what is wrong.

use serde_json::{Value, json};

use crate::access::Fault;
use crate::exchange::{Reply, Request};
use crate::ids;
use crate::kql;
use crate::microsoft::Asked;

/// An error before it has its correlation id.
pub(super) enum Failure {
    Said { status: u16, error: Value },
    Ready(Reply),
}

impl Failure {
    fn said(status: u16, error: Value) -> Failure {
        Failure::Said { status, error }
    }

    pub(super) fn ready(reply: Reply) -> Failure {
        Failure::Ready(reply)
    }

    pub(super) fn no_path() -> Failure {
        Failure::said(404, json!({"code": "PathNotFoundError", "message": "The requested path does not exist"}))
    }

    pub(super) fn token(fault: Fault) -> Failure {
        match fault {
            Fault::Missing => Failure::said(
                401,
                json!({"code": "AuthenticationFailed", "message": "Authentication failed. The 'Authorization' header is missing."}),
            ),
            Fault::Malformed | Fault::Expired => Failure::said(
                403,
                json!({"code": "InvalidAuthenticationToken", "message": "The access token is invalid."}),
            ),
            Fault::WrongAudience => Failure::said(
                403,
                json!({
                    "code": "InvalidAuthenticationTokenAudience",
                    "message": "The access token has been obtained for wrong audience or resource.",
                }),
            ),
        }
    }

    /// A workspace that does not exist, or that is another tenant's: the two cannot be told apart.
    pub(super) fn no_access() -> Failure {
        Failure::said(403, json!({"code": "InsufficientAccessError", "message": INSUFFICIENT}))
    }

    pub(super) fn no_role(workspace: &str) -> Failure {
        Failure::said(
            403,
            json!({
                "code": "InsufficientAccessError",
                "message": INSUFFICIENT,
                "innererror": {
                    "code": "UnauthorizedClient",
                    "message": format!(
                        "The service principal does not have sufficient permissions to access this resource: {workspace}"
                    ),
                },
            }),
        )
    }

    pub(super) fn no_query() -> Failure {
        bad_argument(json!({"code": "QueryValidationError", "message": "Failed parsing the query"}))
    }

    pub(super) fn bad_timespan(text: &str) -> Failure {
        bad_argument(
            json!({"code": "InvalidTimespan", "message": format!("The timespan '{text}' is not an ISO 8601 interval")}),
        )
    }

    pub(super) fn query(error: &kql::Error) -> Failure {
        bad_argument(match error {
            kql::Error::Syntax { .. } => json!({
                "code": "SyntaxError",
                "message": "A syntax error occurred.",
                "innererror": {"code": error.code(), "message": error.to_string()},
            }),
            kql::Error::Semantic { code, message } => json!({
                "code": "SemanticError",
                "message": "A semantic error occurred.",
                "innererror": {"code": code, "message": message},
            }),
            kql::Error::Limit(message) => json!({"code": error.code(), "message": message}),
        })
    }

    pub(super) fn reply(self, asked: &Asked<'_>, request: &Request) -> Reply {
        match self {
            Failure::Ready(reply) => reply,
            Failure::Said { status, mut error } => {
                error["correlationId"] = json!(ids::guid(&format!("failure {} {}", request.path, asked.now)));
                Reply::json(status, json!({"error": error}))
            }
        }
    }
}

const INSUFFICIENT: &str = "The provided credentials have insufficient access to perform the requested operation";

fn bad_argument(inner: Value) -> Failure {
    Failure::said(
        400,
        json!({"code": "BadArgumentError", "message": "The request had some invalid properties", "innererror": inner}),
    )
}
