//! A transcript: each exchange of a validation as a line that the simulator can replay, with stand-ins for everything that
//! is the tenant's own.
//!
//! What stays is named in [`keys`]; nothing stays because it looks harmless. The exception are Microsoft's error texts, for
//! whose wording a transcript is made: in them the ids, names, addresses and quoted words are replaced, and the rest stays.

use std::sync::Arc;

use microsoft::allow::Surface;
use microsoft::{Cloud, Exchange, Transcript};
use serde_json::{Value, json};
use store::connections::Connection;

use super::Live;

mod keys;
mod learned;
mod link;
mod message;
mod questions;
mod request;
mod stand_ins;
mod token;
mod walk;

pub(super) use learned::{finds_by_address, learned};

use stand_ins::StandIns;
use walk::Walk;

/// What is asked of Microsoft is written down, until it ends.
pub(super) struct Recording {
    /// Asks as the other one does, and is heard.
    pub live: Arc<Live>,
    transcript: Transcript,
}

impl Recording {
    /// Begins to listen to a second one like this.
    pub(super) fn begin(live: &Live) -> Recording {
        let (microsoft, transcript) = live.microsoft.recording();
        let live = Live::new(
            Arc::new(microsoft),
            live.db.clone(),
            Arc::clone(&live.keyring),
            Arc::clone(&live.clock),
            live.token_file.clone(),
            live.patience,
        );
        Recording { live, transcript }
    }

    /// What was heard of this connection.
    pub(super) fn end(self, stored: &Connection) -> String {
        let Some(cloud) = self.live.microsoft.cloud(&stored.cloud) else { return String::new() };
        let workspaces = stored.workspaces.iter().map(|workspace| workspace.label.clone());
        let own: Vec<String> = std::iter::once(stored.label.clone()).chain(workspaces).collect();
        written(&self.transcript.take(), &cloud, &own)
    }
}

/// The lines, in the order of the answers. `own` are names that only this installation knows: labels of the connection and
/// of its workspaces.
fn written(exchanges: &[Exchange], cloud: &Cloud, own: &[String]) -> String {
    let mut stand_ins = StandIns::new(cloud, own);
    // Read twice: a name may stand in an error text before it stands where it is known to be one.
    let lines = |stand_ins: &mut StandIns| -> String { exchanges.iter().map(|one| line(one, stand_ins)).collect() };
    lines(&mut stand_ins);
    lines(&mut stand_ins)
}

fn line(exchange: &Exchange, stand_ins: &mut StandIns) -> String {
    let ours = request::ours(exchange);
    let mut members = vec![
        ("surface", Value::from(surface(exchange.surface))),
        ("method", Value::from(exchange.method.clone())),
        ("path", Value::from(request::path(&exchange.path, stand_ins))),
    ];
    if let Some(query) = &exchange.query {
        members.push(("query", Value::from(request::query(query, stand_ins))));
    }
    members.extend(request::body(exchange, stand_ins).map(|body| ("request", body)));
    members.push(("status", Value::from(exchange.status)));
    let mut headers = serde_json::Map::new();
    for (name, value) in &exchange.headers {
        let Some(value) = header(name, value, &ours, stand_ins) else { continue };
        // A header that came more than once is one with all its values.
        let before = headers.get(name).and_then(Value::as_str).map(|before| format!("{before}, "));
        headers.insert(name.clone(), format!("{}{value}", before.unwrap_or_default()).into());
    }
    members.push(("headers", Value::Object(headers)));
    members.extend(body(exchange, &ours, stand_ins).map(|body| ("body", body)));
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}\n", members.join(","))
}

/// The word that the replay format has for a surface.
fn surface(surface: Surface) -> &'static str {
    match surface {
        Surface::Graph => "graph",
        Surface::Defender => "defender",
        Surface::LogAnalytics => "log_analytics",
        _ => "login",
    }
}

/// A header's value, if it can be kept at all.
fn header(name: &str, value: &str, ours: &str, stand_ins: &mut StandIns) -> Option<String> {
    match name {
        "content-type" => {
            let kind = value.split(';').next().unwrap_or_default().trim();
            keys::MEDIA_TYPES.contains(&kind).then(|| kind.to_owned())
        }
        "retry-after" | "sunset" | "deprecation" => keys::is_moment(value).then(|| value.to_owned()),
        // Written by Oriel's own question.
        "preference-applied" => Some(message::replaced(value, ours, stand_ins)),
        "warning" | "www-authenticate" => Some(message::replaced(value, ours, stand_ins)),
        _ => Some(stand_ins.entity(value).unwrap_or_else(|| stand_ins.text(value))),
    }
}

fn body(exchange: &Exchange, ours: &str, stand_ins: &mut StandIns) -> Option<Value> {
    let text = String::from_utf8_lossy(&exchange.body);
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let is_error = exchange.status >= 400;
    if let Ok(body) = serde_json::from_str::<Value>(text) {
        return Some(Walk::new(stand_ins, ours).all(&body, is_error));
    }
    // Something between Oriel and Microsoft speaks: of its page no more than that it is one is kept.
    Some(Value::from(if text.starts_with('<') {
        format!("<html><body>{}</body></html>", stand_ins.text(text))
    } else if is_error {
        message::replaced(text, ours, stand_ins)
    } else {
        stand_ins.text(text)
    }))
}

#[cfg(test)]
mod tests;
