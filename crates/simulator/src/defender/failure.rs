//! Errors as Defender for Endpoint words them: code, message, and a correlation id called `target`.

use serde_json::json;

use crate::access::Fault;
use crate::exchange::{Reply, Request};
use crate::ids;
use crate::microsoft::Asked;

/// An error before it has its id.
pub(super) enum Failure {
    Said { status: u16, code: &'static str, message: String },
    Ready(Reply),
}

impl Failure {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Failure {
        Failure::Said { status, code, message: message.into() }
    }

    pub(super) fn ready(reply: Reply) -> Failure {
        Failure::Ready(reply)
    }

    pub(super) fn odata(message: String) -> Failure {
        Failure::new(400, "ODataError", message)
    }

    pub(super) fn token(fault: Fault) -> Failure {
        let message = match fault {
            Fault::Missing => "Unauthorized request - Authorization header is missing.",
            Fault::Malformed => "Unauthorized request - the token cannot be read.",
            Fault::Expired => "Unauthorized request - the token has expired.",
            Fault::WrongAudience => "Unauthorized request - invalid audience.",
        };
        Failure::new(401, "Unauthorized", message)
    }

    pub(super) fn reply(self, asked: &Asked<'_>, request: &Request) -> Reply {
        match self {
            Failure::Ready(reply) => reply,
            Failure::Said { status, code, message } => {
                let target = ids::guid(&format!("failure {} {} {}", request.path, request.query, asked.now));
                Reply::json(status, json!({"error": {"code": code, "message": message, "target": target}}))
            }
        }
    }
}
