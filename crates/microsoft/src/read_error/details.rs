//! Code, message and request id out of any of the error bodies.

use serde_json::{Map, Value};

use crate::rows::member;

/// What was found in a body.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Details {
    /// The innermost code that is not empty.
    pub(super) code: String,
    /// The innermost message that is not empty; else what the body is.
    pub(super) message: String,
    /// Every text of the error, to look for a phrase in.
    pub(super) everything: String,
    /// The request id, by whichever name.
    pub(super) request_id: Option<String>,
    /// Whether the body is an error in JSON: a page of a gateway says nothing about permissions.
    pub(super) is_json: bool,
}

/// So much of a body that is no JSON is repeated.
const BEGINNING: usize = 200;

/// Errors nest no deeper than three; what goes deeper is not read.
const DEEPEST: usize = 8;

impl Details {
    pub(super) fn read(body: &[u8]) -> Details {
        let value: Option<Value> = serde_json::from_slice(body).ok();
        let mut details = Details::default();
        match value.as_ref().and_then(error_of) {
            Some(Value::Object(error)) => details.walk(error, 0),
            // Entra's form, which the Log Analytics page shows too: the error is a word, its description beside it.
            Some(Value::String(word)) => {
                details.code.clone_from(word);
                let description = value.as_ref().and_then(|body| body.get("error_description")?.as_str());
                details.message = description.unwrap_or(word).to_owned();
                details.everything = format!("{word}\n{}", details.message);
            }
            _ => details.message = beginning(body),
        }
        details.is_json = !details.everything.is_empty();
        if details.message.is_empty() {
            details.message = match details.code.as_str() {
                "" => "no reason is given".to_owned(),
                code => format!("no reason is given but the code {code}"),
            };
        }
        details.message = one_line(&details.message);
        details
    }

    fn walk(&mut self, error: &Map<String, Value>, depth: usize) {
        self.everything.push('\n');
        for (name, value) in error {
            let text = match value {
                Value::String(text) => text.trim(),
                _ => continue,
            };
            self.everything.push_str(text);
            self.everything.push('\n');
            let names = name.to_ascii_lowercase();
            match names.as_str() {
                "code" if !text.is_empty() => text.clone_into(&mut self.code),
                "message" if !text.is_empty() => text.clone_into(&mut self.message),
                "request-id" | "requestid" => self.request_id = Some(text.to_owned()),
                // Defender's correlation id is in `target`, Log Analytics' in `correlationId`.
                "target" | "correlationid" if self.request_id.is_none() && !text.is_empty() => {
                    self.request_id = Some(text.to_owned());
                }
                _ => {}
            }
        }
        if depth == DEEPEST {
            return;
        }
        if let Some(Value::Object(information)) = member(error, "information") {
            // Older bodies hold the reason as JSON text in `information.details`.
            for text in information.values().filter_map(Value::as_str) {
                self.everything.push_str(text);
                self.everything.push('\n');
            }
        }
        for detail in member(error, "details").and_then(Value::as_array).into_iter().flatten() {
            if let Some(text) = detail.get("message").and_then(Value::as_str) {
                self.everything.push_str(text);
                self.everything.push('\n');
            }
        }
        if let Some(Value::Object(inner)) = member(error, "innererror").or_else(|| member(error, "inner_error")) {
            self.walk(inner, depth + 1);
        }
    }
}

/// The error in a body: under `error`, in the first element of `value`, or the body itself.
fn error_of(body: &Value) -> Option<&Value> {
    let object = body.as_object()?;
    if let Some(error @ (Value::Object(_) | Value::String(_))) = member(object, "error") {
        return Some(error);
    }
    if let Some(error) =
        object.get("value").and_then(|value| value.get(0)?.get("error")).filter(|error| error.is_object())
    {
        return Some(error);
    }
    ["code", "message"].iter().any(|name| member(object, name).is_some_and(Value::is_string)).then_some(body)
}

/// The first characters of a body that is no error in JSON, or that it is empty.
fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return "the answer is empty".to_owned();
    }
    let start: String = text.chars().take(BEGINNING).collect();
    let kind = if text.starts_with('<') { "a web page came instead of an answer: " } else { "the answer begins: " };
    format!("{kind}{start}")
}

/// On one line, and of a length that can be shown.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(1000) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
