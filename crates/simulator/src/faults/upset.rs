//! The sum of the rules that match one request, and how it spoils the answer.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::Action;
use crate::exchange::{Body, Reply, Request, Surface};
use crate::quota;
use crate::server::pause;

/// What becomes of one request.
#[derive(Debug, Default)]
pub(crate) struct Upset {
    /// So much later.
    pub(crate) delay: Duration,
    /// This in the place of the answer.
    pub(crate) instead: Option<Reply>,
    /// The `Date` header is off by this.
    pub(crate) skew: SignedDuration,
    truncated: bool,
    looped: bool,
    partial: bool,
    content_type: Option<String>,
}

impl Upset {
    pub(crate) fn add(&mut self, request: &Request, action: &Action) {
        match action {
            Action::Throttle { retry_after } => {
                self.instead = Some(quota::throttled(request.surface, retry_after.as_deref(), "45 per 00:01:00"));
            }
            Action::Fail { status, body } => {
                self.instead = Some(match body {
                    Some(text) => match serde_json::from_str(text) {
                        Ok(json) => Reply::json(*status, json),
                        Err(_) => Reply::text(*status, "text/plain", text),
                    },
                    None => failure(request.surface, *status),
                });
            }
            Action::Delay { ms } => self.delay += pause(*ms),
            Action::Html { status } => {
                let page = "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";
                self.instead = Some(Reply::text(*status, "text/html", page));
            }
            Action::Empty { status } => self.instead = Some(Reply::empty(*status)),
            Action::Oversized { bytes } => {
                self.instead = Some(Reply { status: 200, headers: Vec::new(), body: Body::Oversized(*bytes) });
            }
            Action::Truncate => self.truncated = true,
            Action::Loop => self.looped = true,
            Action::Partial => self.partial = true,
            Action::ContentType { value } => self.content_type = Some(value.clone()),
            Action::Clock { seconds } => self.skew += SignedDuration::from_secs(*seconds),
        }
    }

    /// The answer, spoilt.
    pub(crate) fn spoil(&self, request: &Request, mut reply: Reply) -> Reply {
        if self.looped && reply.status == 200 {
            let link = format!("{}?{}", own_address(request), request.query);
            if let Some(Value::Object(body)) = reply.json_mut() {
                body.insert("@odata.nextLink".into(), link.into());
            }
        }
        if self.partial && reply.status == 200 {
            reply = part_of(request.surface, reply);
        }
        if self.truncated
            && let Body::Json(json) = &reply.body
        {
            let text = json.to_string();
            let half = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            reply.body = Body::Text { content_type: "application/json".into(), text: text[..half].to_owned() };
        }
        match &self.content_type {
            Some(value) => reply.with("Content-Type", value.clone()),
            None => reply,
        }
    }
}

/// The address that the request was sent to, as the `Host` header has it.
pub(crate) fn own_address(request: &Request) -> String {
    format!("http://{}/{}{}", request.header("host").unwrap_or("localhost"), request.surface, request.path)
}

fn part_of(surface: Surface, mut reply: Reply) -> Reply {
    if surface == Surface::LogAnalytics {
        if let Some(Value::Object(body)) = reply.json_mut() {
            let error = json!({
                "code": "PartialError",
                "message": "There were some errors when processing your query.",
                "details": [{
                    "code": "EngineError",
                    "message": "Something went wrong processing your query on the server.",
                    "innererror": {
                        "code": "-2133196797",
                        "message": "The results of this query exceed the set limit of 64000000 bytes, so not all records were returned",
                        "severity": 2,
                        "severityName": "Error",
                    },
                }],
            });
            body.insert("error".into(), error);
        }
        return reply;
    }
    reply.status = 206;
    reply.with("Warning", "199 - \"Microsoft/WDATP/504/10000\"")
}

fn failure(surface: Surface, status: u16) -> Reply {
    let body = match surface {
        Surface::Login => json!({
            "error": "temporarily_unavailable",
            "error_description": "AADSTS90033: A transient error has occurred. Please try again.",
            "error_codes": [90033],
        }),
        Surface::Identity => {
            json!({"error": "unknown", "error_description": "Failed to retrieve token from the Active Directory. For details see logs."})
        }
        Surface::Graph => json!({"error": {"code": "UnknownError", "message": "", "innerError": {}}}),
        Surface::Defender | Surface::LogAnalytics => {
            json!({"error": {"code": "InternalServerError", "message": "There was an internal error."}})
        }
    };
    Reply::json(status, body)
}
