//! Reads answers with an error status. Leniently: only code and message matter, every other member is optional text, and a body
//! that is no JSON is an answer too.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::refusal::{Refusal, RefusalCause};
use crate::transport::Reply;
use crate::transport::ask::Ask;
use crate::{Error, UnreachableCause, retry_after};

mod details;
mod texts;

use details::Details;

/// What to do after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing: it would come again.
    End,
    /// Try once more with a new token.
    NewToken,
    /// Send nothing more on this budget for as long as Microsoft asks, or for a while.
    Pause(Option<Duration>),
    /// Try this call again after as long as Microsoft asks, or after a while.
    Again(Option<Duration>),
}

/// What an error answer means, and what to do.
pub(crate) fn read(reply: &Reply, ask: &Ask, now: Timestamp) -> (Error, Next) {
    let details = Details::read(&reply.body);
    let request_id = reply.request_id().or_else(|| details.request_id.clone());
    let wait = retry_after::read(reply.header_values("retry-after"), now);
    let status = reply.status;
    let text = details.everything.to_lowercase();
    let message = details.message.clone();
    let failed = || Error::Failed {
        status,
        code: details.code.clone(),
        message: message.clone(),
        request_id: request_id.clone(),
    };

    if status == 407 {
        let message = "a proxy on the way asks for a user and a password".to_owned();
        let cause = UnreachableCause::ProxyAuthentication;
        return (Error::Unreachable { host: reply.host.clone(), cause, message }, Next::End);
    }
    if (300..400).contains(&status) {
        let message = "the answer leads to another address, which is not followed".to_owned();
        return (Error::Failed { status, code: String::new(), message, request_id }, Next::End);
    }
    if status == 429 {
        let wait = wait.or_else(|| retry_after::quota_window(&details.everything));
        let until = SignedDuration::try_from(wait.unwrap_or_default()).ok();
        let until = until.and_then(|wait| now.checked_add(wait).ok()).unwrap_or(now);
        return (Error::Throttled { until, message }, Next::Pause(wait));
    }
    if status >= 500 && status != 501 {
        return (failed(), Next::Again(wait));
    }
    if texts::says_unlicensed(&text, &details.code) && matches!(status, 400..=404) {
        let evidence = failed().evidence();
        return (Error::Unlicensed { message, evidence }, Next::End);
    }
    if status == 410 || texts::says_retired(&text) || (ask.classic && says_no_such_path(status, &text)) {
        return (Error::Retired { status, message, request_id }, Next::End);
    }
    match status {
        401 => (rejected(reply, message, request_id), Next::NewToken),
        403 if details.code.starts_with("InvalidAuthenticationToken") => {
            (rejected(reply, message, request_id), Next::NewToken)
        }
        403 if says_insufficient_claims(reply) => (rejected(reply, message, request_id), Next::End),
        403 if details.is_json => {
            let (required, held) = texts::roles(&details.everything).unwrap_or_default();
            (Error::Denied { required, held, message, request_id }, Next::End)
        }
        400 => match texts::missing_table(&details.everything) {
            Some(name) => (Error::TableMissing { name, message, request_id }, Next::End),
            None => (failed(), Next::End),
        },
        _ => (failed(), Next::End),
    }
}

/// An answer with a good status that cannot be read.
pub(crate) fn unreadable(reply: &Reply) -> Error {
    let details = Details::read(&reply.body);
    Error::Failed {
        status: reply.status,
        code: String::new(),
        message: format!("the answer cannot be read: {}", details.message),
        request_id: reply.request_id(),
    }
}

fn rejected(reply: &Reply, message: String, request_id: Option<String>) -> Error {
    let cause = match says_insufficient_claims(reply) {
        true => RefusalCause::ConditionalAccess,
        false => RefusalCause::TokenRejected,
    };
    Error::Refused(Refusal { cause, code: None, message, trace_id: None, correlation_id: None, request_id })
}

/// Continuous access evaluation and Conditional Access say so in a header ("Claims challenges").
fn says_insufficient_claims(reply: &Reply) -> bool {
    reply.header_values("www-authenticate").any(|value| value.contains("insufficient_claims"))
}

fn says_no_such_path(status: u16, text: &str) -> bool {
    matches!(status, 404 | 405 | 501) || (status == 400 && text.contains("resource not found for the segment"))
}

#[cfg(test)]
mod tests;
