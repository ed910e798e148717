//! Errors in OData's envelope, with the members that Graph puts into `innerError`.

use serde_json::json;

use crate::access::Fault;
use crate::exchange::{Reply, Request};
use crate::ids;
use crate::microsoft::Asked;

/// An error before it has its ids.
pub(super) enum Failure {
    Said { status: u16, code: String, message: String },
    Ready(Reply),
}

impl Failure {
    pub(super) fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Failure {
        Failure::Said { status, code: code.into(), message: message.into() }
    }

    pub(super) fn ready(reply: Reply) -> Failure {
        Failure::Ready(reply)
    }

    /// A query option that is not right. Graph's code is often empty here; its message is the one thing that helps.
    pub(super) fn query(message: String) -> Failure {
        Failure::new(400, "BadRequest", message)
    }

    pub(super) fn no_segment(segment: &str) -> Failure {
        Failure::new(400, "BadRequest", format!("Resource not found for the segment '{segment}'."))
    }

    pub(super) fn token(fault: Fault) -> Failure {
        let message = match fault {
            Fault::Missing => "Access token is empty.",
            Fault::Malformed => "CompactToken parsing failed with error code: 80049217",
            Fault::Expired => "Lifetime validation failed, the token is expired.",
            Fault::WrongAudience => "Access token validation failure. Invalid audience.",
        };
        Failure::new(401, "InvalidAuthenticationToken", message)
    }

    pub(super) fn reply(self, asked: &Asked<'_>, request: &Request) -> Reply {
        let (status, code, message) = match self {
            Failure::Ready(reply) => return reply,
            Failure::Said { status, code, message } => (status, code, message),
        };
        let id = ids::guid(&format!("failure {} {} {}", request.path, request.query, asked.now)).to_string();
        let client = request.header("client-request-id").unwrap_or(&id).to_owned();
        let body = json!({"error": {
            "code": code,
            "message": message,
            "innerError": {
                // Without a zone, as it is in the field.
                "date": asked.now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                "request-id": id,
                "client-request-id": client,
            },
        }});
        let reply = Reply::json(status, body).with("request-id", id);
        if status == 401 { reply.with("WWW-Authenticate", "Bearer realm=\"\"") } else { reply }
    }
}
