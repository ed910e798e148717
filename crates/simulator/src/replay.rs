//! Recorded exchanges in the place of a scenario: `DIR/replay.ndjson`, one exchange a line.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::Value;

use crate::Error;
use crate::exchange::{Reply, Request, Surface, pairs};

mod asked;

use asked::Asked;

/// Recorded exchanges. The first that matches and is not used up answers; none is a 404.
#[derive(Debug)]
pub struct Replay {
    exchanges: Mutex<Vec<Exchange>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    surface: Surface,
    #[serde(default = "get")]
    method: String,
    path: String,
    /// Text as in a URL, or an object. Absent: any query.
    #[serde(default)]
    query: Option<Value>,
    /// Members of the request's body, form or JSON, that tell this exchange from others of the same path. Absent: any body.
    #[serde(default)]
    request: Option<serde_json::Map<String, Value>>,
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, Value>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    body_file: Option<String>,
    /// How often it answers.
    #[serde(default = "once")]
    times: u32,
}

fn get() -> String {
    "GET".to_owned()
}

fn ok() -> u16 {
    200
}

fn once() -> u32 {
    1
}

#[derive(Debug)]
struct Exchange {
    surface: Surface,
    method: String,
    path: String,
    query: Option<Vec<(String, String)>>,
    body: Option<Asked>,
    left: u32,
    reply: Reply,
}

impl Replay {
    /// Reads `replay.ndjson` in this folder, and the bodies that it names.
    pub fn read(folder: impl AsRef<Path>) -> Result<Replay, Error> {
        let folder = folder.as_ref();
        let path = folder.join("replay.ndjson");
        let text = std::fs::read_to_string(&path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
        let mut exchanges = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let failed = |message: String| Error::Replay { path: path.clone(), line: number + 1, message };
            let line: Line = serde_json::from_str(line).map_err(|error| failed(error.to_string()))?;
            exchanges.push(exchange(folder, line).map_err(failed)?);
        }
        Ok(Replay { exchanges: Mutex::new(exchanges) })
    }

    pub(crate) fn answer(&self, request: &Request) -> Reply {
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        match exchanges.iter_mut().find(|exchange| exchange.left > 0 && exchange.matches(request)) {
            Some(exchange) => {
                exchange.left -= 1;
                exchange.reply.clone()
            }
            None => {
                let Request { surface, method, path, query, .. } = request;
                tracing::warn!(%surface, method, path, query, "no recorded exchange is left for this request");
                Reply::text(
                    404,
                    "text/plain",
                    format!("No recorded exchange is left for {method} {surface} {path}?{query}"),
                )
            }
        }
    }
}

fn exchange(folder: &Path, line: Line) -> Result<Exchange, String> {
    let reply = match (line.body, line.body_file) {
        (Some(_), Some(_)) => return Err("`body` and `body_file` exclude each other".into()),
        (None, None) => Reply::empty(line.status),
        // Text is sent as it stands: a gateway's page, or JSON that is broken.
        (Some(Value::String(text)), None) => Reply::text(line.status, "text/plain", text),
        (Some(json), None) => Reply::json(line.status, json),
        (None, Some(name)) => {
            let text = std::fs::read_to_string(folder.join(&name)).map_err(|error| format!("{name}: {error}"))?;
            Reply::text(line.status, "application/json", text)
        }
    };
    let reply = line.headers.into_iter().try_fold(reply, |reply, (name, value)| match value {
        Value::String(value) => Ok(reply.with(&name, value)),
        Value::Number(value) => Ok(reply.with(&name, value.to_string())),
        Value::Array(values) => {
            let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            Ok(reply.with(&name, values.join(", ")))
        }
        _ => Err(format!("the header {name} is no text")),
    })?;
    let query = match line.query {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(pairs(text.trim_start_matches('?'))),
        Some(Value::Object(members)) => Some(
            members
                .into_iter()
                .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                .collect(),
        ),
        Some(_) => return Err("`query` is text or an object".into()),
    };
    let query = query.map(asked::parameters);
    Ok(Exchange {
        surface: line.surface,
        method: line.method,
        path: rooted(&line.path),
        query,
        body: line.request.as_ref().map(Asked::new),
        left: line.times,
        reply,
    })
}

/// A path with one slash before it and none behind.
fn rooted(path: &str) -> String {
    format!("/{}", path.trim_matches('/'))
}

impl Exchange {
    fn matches(&self, request: &Request) -> bool {
        self.surface == request.surface
            && self.method.eq_ignore_ascii_case(&request.method)
            && self.path == rooted(&request.path)
            && self.query.as_ref().is_none_or(|query| *query == asked::parameters(request.parameters()))
            && self.body.as_ref().is_none_or(|body| body.is_in(request))
    }
}
