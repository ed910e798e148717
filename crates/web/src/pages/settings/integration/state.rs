//! How a connection stands, in words.

use std::collections::BTreeMap;

use jiff::Timestamp;
use search::{Check, CheckState, Status, Validation};

use crate::pages::settings::checklist::things;

/// How a connection stands, in words.
pub struct State {
    /// `ready`, `attention`, `failed`, `waiting`: part of a class name.
    pub class: &'static str,
    /// The icon.
    pub icon: &'static str,
    /// The first word.
    pub word: String,
    /// The rest.
    pub rest: String,
    /// When it was tried.
    pub validated_at: Option<Timestamp>,
}

impl State {
    /// While it is being tried.
    pub fn validating() -> State {
        State { class: "waiting", icon: "clock", word: "Validating".into(), rest: String::new(), validated_at: None }
    }

    /// While it waits for its turn.
    pub fn waits() -> State {
        State { class: "waiting", icon: "clock", word: "In line".into(), rest: String::new(), validated_at: None }
    }

    /// After a validation that Oriel could not carry out.
    pub fn broken() -> State {
        State {
            class: "failed",
            icon: "cross",
            word: "Not validated".into(),
            rest: "Oriel broke off; the reason is in the log of the server".into(),
            validated_at: None,
        }
    }

    /// After its last validation.
    pub fn of(validation: Option<&Validation>) -> State {
        let Some(validation) = validation else {
            return State {
                class: "waiting",
                icon: "clock",
                word: "Not validated yet".into(),
                rest: String::new(),
                validated_at: None,
            };
        };
        let things = things(&validation.checks);
        let first = things.first().map(|thing| validation.checks[thing.first].title.clone()).unwrap_or_default();
        let (class, icon, word, rest) = match validation.status {
            Status::Ready => ("ready", "dot", "Ready".to_owned(), capabilities_word(&validation.checks)),
            Status::Attention => {
                let word = if things.len() == 1 { "thing" } else { "things" };
                ("attention", "warn", format!("{} {word} to fix", things.len()), first)
            }
            Status::Failed => ("failed", "cross", "Does not work".to_owned(), first),
        };
        State { class, icon, word, rest, validated_at: Some(validation.validated_at) }
    }
}

/// "3 of 4 capabilities": those whose checks all passed, of those that were tried.
fn capabilities_word(checks: &[Check]) -> String {
    let mut works: BTreeMap<&str, bool> = BTreeMap::new();
    for check in checks.iter().filter(|check| check.state != CheckState::Skipped) {
        if let Some(capability) = &check.capability {
            *works.entry(capability).or_insert(true) &= check.state == CheckState::Passed;
        }
    }
    match (works.values().filter(|works| **works).count(), works.len()) {
        (_, 0) => String::new(),
        (1, 1) => "1 capability".to_owned(),
        (passed, all) if passed == all => format!("{all} capabilities"),
        (passed, all) => format!("{passed} of {all} capabilities"),
    }
}
