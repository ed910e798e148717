//! What goes wrong, by rule: at the start from the scenario, at run time from a test or by `PUT /faults`.

mod rule;
mod upset;

pub use rule::{Action, Rule};

use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::exchange::{Reply, Request};
use upset::Upset;
pub(crate) use upset::own_address;

/// The rules in force. The first rules come first; all that match are applied, until one puts its own answer in place.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Rule>>);

impl Faults {
    pub(crate) fn new(rules: Vec<Rule>) -> Faults {
        Faults(Mutex::new(rules))
    }

    /// Adds a rule behind the others.
    pub fn add(&self, rule: Rule) {
        self.rules(|rules| rules.push(rule));
    }

    /// Puts these rules in the place of all others.
    pub fn set(&self, new: Vec<Rule>) {
        self.rules(|rules| *rules = new);
    }

    /// Removes all rules.
    pub fn clear(&self) {
        self.rules(Vec::clear);
    }

    /// The rules in force, with what is left of their `times`.
    pub fn list(&self) -> Vec<Rule> {
        self.rules(|rules| rules.clone())
    }

    fn rules<T>(&self, work: impl FnOnce(&mut Vec<Rule>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the rules do to this request; each that is used is used up by one.
    pub(crate) fn upset(&self, request: &Request) -> Upset {
        self.rules(|rules| {
            let mut upset = Upset::default();
            for rule in rules.iter_mut().filter(|rule| rule.matches(request)) {
                rule.times = rule.times.map(|times| times.saturating_sub(1));
                upset.add(request, &rule.action);
                if upset.instead.is_some() {
                    break;
                }
            }
            rules.retain(|rule| rule.times != Some(0));
            upset
        })
    }

    /// `GET`, `PUT` and `DELETE /faults`: how a demonstration makes things go wrong.
    pub(crate) fn control(&self, method: &str, body: &[u8]) -> Reply {
        match method {
            "GET" => Reply::json(200, json!(self.list())),
            "DELETE" => {
                self.clear();
                Reply::empty(204)
            }
            "PUT" => match serde_json::from_slice(body) {
                Ok(rules) => {
                    self.set(rules);
                    Reply::empty(204)
                }
                Err(error) => Reply::text(400, "text/plain", format!("The body is no list of rules: {error}")),
            },
            _ => Reply::empty(405).with("Allow", "GET, PUT, DELETE"),
        }
    }
}
