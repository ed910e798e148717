//! One request and one answer, without the transport: the surfaces are functions from the one to the other.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One of Microsoft's services. Each stands under a path of its own name on the one listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// Microsoft Entra ID: discovery and tokens.
    Login,
    /// Microsoft Graph.
    Graph,
    /// Microsoft Defender for Endpoint's own API.
    Defender,
    /// The query API of Log Analytics.
    LogAnalytics,
    /// The identity service on a machine in Azure. It belongs to no cloud's hosts.
    Identity,
}

impl Surface {
    /// Those that a cloud has.
    pub const ALL: [Surface; 4] = [Surface::Login, Surface::Graph, Surface::Defender, Surface::LogAnalytics];

    /// The name, which is also the first part of the path.
    pub fn as_str(self) -> &'static str {
        match self {
            Surface::Login => "login",
            Surface::Graph => "graph",
            Surface::Defender => "defender",
            Surface::LogAnalytics => "log_analytics",
            Surface::Identity => "identity",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Surface> {
        Surface::ALL.into_iter().chain([Surface::Identity]).find(|surface| surface.as_str() == name)
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was asked of a surface.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) surface: Surface,
    pub(crate) method: String,
    /// As it was sent, still encoded, without the surface's prefix; begins with a slash.
    pub(crate) path: String,
    /// As it was sent, still encoded, without the question mark.
    pub(crate) query: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The first value of a header, whose name is given in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    /// The parts of the path, decoded.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|part| !part.is_empty()).map(decoded).collect()
    }

    /// The parameters, decoded, in order.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        pairs(&self.query)
    }

    /// The first value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.parameters().into_iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    /// The body as form fields.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        pairs(&String::from_utf8_lossy(&self.body))
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether a `Prefer` header asks for this.
    pub(crate) fn prefers(&self, wish: &str) -> bool {
        self.headers
            .iter()
            .filter(|(name, _)| name == "prefer")
            .flat_map(|(_, value)| value.split([',', ';']))
            .any(|held| held.trim().eq_ignore_ascii_case(wish))
    }
}

/// `a=b&c=d`, decoded; a plus is a blank.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// A part of a path, decoded; a plus stays a plus.
pub(crate) fn decoded(part: &str) -> String {
    // `form_urlencoded` is the decoder at hand; in a path a plus is itself, so it is hidden from it.
    let text = part.replace('+', "%2B");
    url::form_urlencoded::parse(format!("={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// What is in an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    Empty,
    Json(Value),
    Text {
        content_type: String,
        text: String,
    },
    /// This many bytes of well-formed JSON, sent piece by piece.
    Oversized(u64),
}

/// What a surface answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Reply {
        Reply { status, headers: Vec::new(), body: Body::Json(body) }
    }

    pub(crate) fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: Body::Empty }
    }

    pub(crate) fn text(status: u16, content_type: &str, text: impl Into<String>) -> Reply {
        Reply { status, headers: Vec::new(), body: Body::Text { content_type: content_type.into(), text: text.into() } }
    }

    /// The same with one header more, or with this header's value replaced.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Reply {
        self.headers.retain(|(held, _)| !held.eq_ignore_ascii_case(name));
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The JSON in it, to be changed.
    pub(crate) fn json_mut(&mut self) -> Option<&mut Value> {
        match &mut self.body {
            Body::Json(value) => Some(value),
            _ => None,
        }
    }
}
