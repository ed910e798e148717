//! A call with everything around it: budget, token, and another try where one may help.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::ask::Ask;
use super::backoff::TRIES;
use super::{Reply, Request};
use crate::budget::{Key, Seat};
use crate::read_error::{self, Next};
use crate::token::Fresh;
use crate::{Call, Error, Microsoft, UnreachableCause};

/// A successful answer, parsed.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// `None` if the body is empty.
    pub(crate) body: Option<Value>,
    pub(crate) request_id: Option<String>,
}

impl Microsoft {
    /// Sends a call until it succeeds, fails for good, or there is no time left.
    pub(crate) async fn send(&self, call: &Call<'_>, ask: &Ask) -> Result<Answered, Error> {
        let key = Key::new(call, ask.interface);
        let mut renewed = false;
        let mut tried = 0;
        loop {
            let token = self.token(call, ask.resource, Fresh::IfNeeded).await?;
            let _seat = self.admit(call, &key).await?;
            let request = Request {
                surface: ask.surface(),
                base: &ask.base,
                method: ask.method.clone(),
                url: ask.url.clone(),
                headers: ask.headers.clone(),
                body: ask.body.clone().map(|body| ("application/json; charset=utf-8", body)),
                bearer: Some(token.expose()),
                secrets: vec![token.expose()],
            };
            tried += 1;
            let (error, next) = match self.exchange(&request, call.deadline).await {
                Ok(reply) if reply.is_success() => return parse(reply, &[token.expose()]),
                Ok(reply) => read_error::read(&reply, ask, (self.clock)()),
                Err(error) => {
                    let broken = matches!(error, Error::Unreachable { cause: UnreachableCause::Broken, .. });
                    (error, if broken { Next::Again(None) } else { Next::End })
                }
            };
            match next {
                Next::End => return Err(error),
                Next::NewToken if renewed => return Err(error),
                Next::NewToken => {
                    renewed = true;
                    self.tokens.reject(call.credential, ask.resource, &token).await;
                }
                Next::Pause(wait) => {
                    // The pause is kept with the budget: it holds for every caller, and the next round waits for it.
                    let wait = self.no_sooner(wait.unwrap_or_else(|| self.backoff(tried - 1)));
                    self.asked_to_pause(&key, wait, &error_text(&error));
                    if tried >= TRIES {
                        return Err(Error::Throttled { until: self.after(wait), message: error_text(&error) });
                    }
                }
                Next::Again(wait) => {
                    let named = wait.is_some();
                    let wait = wait.map_or_else(|| self.backoff(tried - 1), |wait| self.no_sooner(wait));
                    if !self.is_worth(wait, call.priority, call.deadline) && named {
                        return Err(Error::Throttled { until: self.after(wait), message: error_text(&error) });
                    }
                    if tried >= TRIES || !self.is_worth(wait, call.priority, call.deadline) {
                        return Err(error);
                    }
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// Waits for the budget, if that is worth it.
    async fn admit(&self, call: &Call<'_>, key: &Key) -> Result<Seat, Error> {
        let started = Instant::now();
        let left = call.deadline.saturating_duration_since(started);
        let seat = self.budgets.seat(key, call.priority);
        let seat = tokio::time::timeout(left, seat).await.map_err(|_| Error::Throttled {
            until: (self.clock)(),
            message: "other queries of this app were running until the time was up".to_owned(),
        })?;
        loop {
            let now = (self.ticks)();
            let Err(wait) = self.budgets.take(key, call.priority, now) else { return Ok(seat) };
            let left = wait.until.saturating_duration_since(now);
            if !self.is_worth(left, call.priority, call.deadline) {
                self.tally.held_back(key.interface().name());
                return Err(Error::Throttled { until: self.after(left), message: wait.why });
            }
            tokio::time::sleep(left).await;
        }
    }

    pub(crate) fn after(&self, wait: Duration) -> jiff::Timestamp {
        let now = (self.clock)();
        SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(now)
    }
}

fn parse(mut reply: Reply, secrets: &[&str]) -> Result<Answered, Error> {
    let request_id = reply.request_id();
    let body = if reply.body.iter().all(u8::is_ascii_whitespace) {
        None
    } else {
        match serde_json::from_slice(&reply.body) {
            Ok(body) => Some(body),
            Err(_) => {
                reply.clean(secrets);
                return Err(read_error::unreadable(&reply));
            }
        }
    };
    Ok(Answered { status: reply.status, headers: reply.headers, body, request_id })
}

fn error_text(error: &Error) -> String {
    match error {
        Error::Throttled { message, .. } | Error::Failed { message, .. } => message.clone(),
        other => other.to_string(),
    }
}
