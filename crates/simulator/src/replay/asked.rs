//! What a request asks for, so far as it can be compared with one that was recorded at another time, from another machine.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use crate::exchange::{Request, Surface};

/// Parameters in an order of their own, and without the times in them: who asks for the last 30 days asks for others today.
pub(super) fn parameters(mut parameters: Vec<(String, String)>) -> Vec<(String, String)> {
    for (_, value) in &mut parameters {
        *value = timeless(value);
    }
    parameters.sort();
    parameters
}

/// The members of a body that an exchange is known by.
#[derive(Debug)]
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    pub(super) fn new(members: &Map<String, Value>) -> Asked {
        Asked(members.iter().map(|(name, value)| (name.clone(), comparable(name, &text(value)))).collect())
    }

    /// Whether the body of a request has them all.
    pub(super) fn is_in(&self, request: &Request) -> bool {
        let given: Vec<(String, String)> = match request.json() {
            Some(Value::Object(members)) => members.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            _ => request.form(),
        };
        self.0
            .iter()
            .all(|(name, wanted)| given.iter().any(|(held, value)| held == name && comparable(name, value) == *wanted))
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn comparable(name: &str, value: &str) -> String {
    match name {
        "scope" => surface(value).map_or_else(|| value.to_owned(), |surface| surface.as_str().to_owned()),
        _ => timeless(value),
    }
}

/// The surface that a scope is for, whatever the cloud: here each has an address of its own.
fn surface(scope: &str) -> Option<Surface> {
    let scope = scope.to_ascii_lowercase();
    let is_for = |words: &[&str]| words.iter().any(|word| scope.contains(word));
    if is_for(&["loganalytics", "log-analytics", "log_analytics", "ca7f3f0b-7d91-482c-8e09-c5d840d0eac5"]) {
        Some(Surface::LogAnalytics)
    } else if is_for(&["securitycenter", "windowsatp", "defender", "fc780465-2017-40d4-a0c5-307022471b92"]) {
        Some(Surface::Defender)
    } else {
        is_for(&["graph", "00000003-0000-0000-c000-000000000000"]).then_some(Surface::Graph)
    }
}

/// A text with one word in the place of every time.
fn timeless(text: &str) -> String {
    #[expect(clippy::expect_used, reason = "the pattern is a constant, and a test reads it")]
    static TIME: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?").expect("the pattern is one"));
    TIME.replace_all(text, "TIME").into_owned()
}
