//! A sign-in that Entra refuses, and why.

use serde::Deserialize;
use serde_json::Value;

mod cause;
mod codes;

pub use cause::RefusalCause;

/// A sign-in that was refused. `Display` is Microsoft's own sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why, by name.
    pub cause: RefusalCause,
    /// The number after AADSTS, where there is one.
    pub code: Option<u32>,
    /// Microsoft's text without its ids and date.
    pub message: String,
    /// Entra's trace id.
    pub trace_id: Option<String>,
    /// Entra's correlation id.
    pub correlation_id: Option<String>,
    /// The request id, where an interface refused the token rather than Entra the sign-in.
    pub request_id: Option<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.code {
            Some(code) => write!(f, "the sign-in is refused (AADSTS{code}): {}", self.message),
            None => write!(f, "the sign-in is refused: {}", self.message),
        }
    }
}

/// Entra's error body. Only `error` is promised; each other member is read if it can be.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    error: Value,
    error_description: Value,
    error_codes: Value,
    trace_id: Value,
    correlation_id: Value,
}

impl Refusal {
    /// A refusal of our own, before or beside Entra.
    pub(crate) fn ours(cause: RefusalCause, message: String) -> Refusal {
        Refusal { cause, code: None, message, trace_id: None, correlation_id: None, request_id: None }
    }

    /// What happened, in a sentence: the cause's, or one that names the file that it is about.
    pub fn title(&self) -> String {
        match self.cause {
            RefusalCause::TokenFile => self.message.clone(),
            cause => cause.title().to_owned(),
        }
    }

    /// Code and ids, for a ticket.
    pub fn evidence(&self) -> Vec<(String, String)> {
        let code = self.code.map(|code| ("code".to_owned(), format!("AADSTS{code}")));
        let ids =
            [("trace_id", &self.trace_id), ("correlation_id", &self.correlation_id), ("request_id", &self.request_id)];
        let ids = ids.into_iter().filter_map(|(name, id)| Some((name.to_owned(), id.clone()?)));
        code.into_iter().chain(ids).collect()
    }

    /// Reads Entra's error body ("Error codes" of the Microsoft identity platform). `None` if it is not one: `error` is a word
    /// there, where the other interfaces have an object.
    pub(crate) fn read(body: &[u8]) -> Option<Refusal> {
        let body: Body = serde_json::from_slice(body).ok()?;
        let error = body.error.as_str()?;
        let description = body.error_description.as_str().unwrap_or_default();
        let mut codes: Vec<u32> = match &body.error_codes {
            Value::Array(codes) => codes.iter().filter_map(number).collect(),
            other => number(other).into_iter().collect(),
        };
        codes.extend(codes_in(description));
        let known = codes.iter().copied().find_map(|code| Some((code, codes::cause(code)?)));
        let (code, cause) = match known {
            Some((code, cause)) => (Some(code), cause),
            None => {
                let by_text = codes::cause_of_text(description);
                (codes.first().copied(), by_text.unwrap_or_else(|| codes::cause_of_word(error)))
            }
        };
        let (text, trace, correlation) = split_ids(description);
        let id = |value: &Value, otherwise: Option<String>| value.as_str().map(str::to_owned).or(otherwise);
        Some(Refusal {
            cause,
            code,
            message: if text.is_empty() { error.to_owned() } else { text },
            trace_id: id(&body.trace_id, trace),
            correlation_id: id(&body.correlation_id, correlation),
            request_id: None,
        })
    }
}

fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|number| number.try_into().ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The numbers after AADSTS in a description.
fn codes_in(description: &str) -> impl Iterator<Item = u32> + '_ {
    description.split("AADSTS").skip(1).filter_map(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest.get(..digits)?.parse().ok()
    })
}

/// The description ends in "Trace ID: … Correlation ID: … Timestamp: …", on lines of their own until 2024, on one since.
/// Returns the sentence without them and without its number, and the two ids.
fn split_ids(description: &str) -> (String, Option<String>, Option<String>) {
    let after = |name: &str| {
        let (_, rest) = description.split_once(name)?;
        rest.split_whitespace().next().map(str::to_owned)
    };
    let text = description.split("Trace ID:").next().unwrap_or_default().trim();
    let text = match text.strip_prefix("AADSTS").and_then(|rest| rest.split_once(':')) {
        Some((digits, rest)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => rest.trim(),
        _ => text,
    };
    (text.to_owned(), after("Trace ID:"), after("Correlation ID:"))
}

#[cfg(test)]
mod tests;
