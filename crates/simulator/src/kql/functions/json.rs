//! Functions that read or give JSON.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::Value;

/// The number of items, or null for what is no array.
pub(super) fn array_length(value: &Value) -> Value {
    match value {
        Value::Dynamic(Json::Array(items)) => i64::try_from(items.len()).map_or(Value::Null, Value::Long),
        _ => Value::Null,
    }
}

/// The parts of a URL as Kusto names them. What is no absolute URL has them all empty; nothing is decoded or folded.
pub(super) fn parse_url(text: &str) -> Json {
    let parts = Parts::read(text.trim()).unwrap_or_default();
    json!({
        "Scheme": parts.scheme,
        "Host": parts.host,
        "Port": parts.port,
        "Path": parts.path,
        "Username": parts.username,
        "Password": parts.password,
        "Query Parameters": query_parameters(parts.query),
        "Fragment": parts.fragment,
    })
}

#[derive(Default)]
struct Parts<'a> {
    scheme: &'a str,
    username: &'a str,
    password: &'a str,
    host: &'a str,
    port: &'a str,
    path: &'a str,
    query: &'a str,
    fragment: &'a str,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if scheme.is_empty() || !scheme.chars().all(known) {
            return None;
        }
        let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (tail, fragment) = tail.split_once('#').unwrap_or((tail, ""));
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        // A user without a password is no user to Kusto: the sign stays in the host.
        let (user, address) = match authority.rsplit_once('@') {
            Some((user, address)) if user.contains(':') => (user, address),
            _ => ("", authority),
        };
        let (username, password) = user.split_once(':').unwrap_or_default();
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => (host, port),
            _ => (address, ""),
        };
        // A slash at the very end is the empty path.
        let path = if path == "/" && text.ends_with('/') { "" } else { path };
        Some(Self { scheme, username, password, host, port, path, query, fragment })
    }
}

/// A name that comes twice holds an array; one without a value is left out.
fn query_parameters(query: &str) -> Json {
    let mut parameters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        if !name.is_empty() && !value.is_empty() {
            parameters.entry(name).or_default().push(value);
        }
    }
    let one_or_many = |values: Vec<&str>| match values.as_slice() {
        [only] => json!(only),
        many => json!(many),
    };
    parameters.into_iter().map(|(name, values)| (name.to_owned(), one_or_many(values))).collect()
}
