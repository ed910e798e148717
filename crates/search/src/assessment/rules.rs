//! The rules, in the order of their weight.

use super::Level;
use super::ago::ago;
use super::sift::{Hit, Sifted};
use crate::{Product, Severity};

mod lists;

use lists::{action, blocks, confidence, listed, sure};

/// One rule of the table.
pub(super) struct Rule {
    /// The rule in words, for the page's "why?".
    pub words: &'static str,
    /// What it says when it speaks.
    pub level: Level,
    /// What it found; `None` if it does not speak.
    pub speaks: fn(&Sifted<'_>) -> Option<Spoken>,
}

/// What a rule found.
#[derive(Default)]
pub(super) struct Spoken {
    /// Who says so.
    pub who: &'static str,
    /// What was found, for the sentence.
    pub detail: String,
    /// What a list says, in a word, where another speaker has said more before: "Defender (Block)".
    pub listed: Option<String>,
    /// The alerts that were counted, by their places among the sifted ones.
    pub alerts: Vec<usize>,
    /// Whether it is told beside a judgement as well.
    pub beside: bool,
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        words: "An open alert of high severity has it in a part that is not mere context",
        level: Level::Malicious,
        speaks: |sifted| {
            alerts(sifted, ["open high alert", "{} open high alerts"], |hit| {
                hit.open == Some(true) && hit.severity == Some(Severity::High)
            })
        },
    },
    Rule {
        words: "An alert of high or medium severity, closed or not, was confirmed as a true positive",
        level: Level::Malicious,
        speaks: |sifted| {
            alerts(sifted, ["confirmed alert", "{} confirmed alerts"], |hit| {
                hit.confirmed && hit.severity >= Some(Severity::Medium)
            })
        },
    },
    Rule {
        words: "Microsoft's verdict on it, as evidence in an alert whose state is known, is malicious",
        level: Level::Malicious,
        speaks: |sifted| {
            alerts(sifted, ["evidence found malicious", "evidence found malicious in {} alerts"], |hit| {
                is_known(hit) && verdict(hit, "malicious")
            })
        },
    },
    Rule {
        words: "An alert of high or medium severity, and of known state, has it as attacker or as command and control",
        level: Level::Malicious,
        speaks: |sifted| {
            alerts(sifted, ["in an attacker's role", "in an attacker's role in {} alerts"], |hit| {
                is_known(hit) && attacks(hit) && hit.severity >= Some(Severity::Medium)
            })
        },
    },
    Rule {
        words: "An active Block entry of Defender's indicators names it, its network or its wildcard",
        level: Level::Malicious,
        speaks: |sifted| listed(sifted, |entry| blocks(entry) && entry.part.is_none(), |_| "active Block entry".into()),
    },
    Rule {
        words: "An active Sentinel threat indicator names it with a confidence of 75 or more",
        level: Level::Malicious,
        speaks: |sifted| listed(sifted, sure, confidence),
    },
    Rule {
        words: "Microsoft's threat intelligence classifies it as malicious",
        level: Level::Malicious,
        speaks: |sifted| reputation(sifted, "malicious"),
    },
    Rule {
        words: "An alert of high severity has it, and no record says whether people closed that alert, and as what",
        level: Level::Suspicious,
        speaks: |sifted| {
            alerts(sifted, ["high alert of unknown state", "{} high alerts of unknown state"], |hit| {
                !is_known(hit) && hit.severity == Some(Severity::High)
            })
        },
    },
    Rule {
        words: "Microsoft's verdict on it is malicious, in an alert of which no record says whether people closed it, and as what",
        level: Level::Suspicious,
        speaks: |sifted| {
            alerts(
                sifted,
                [
                    "evidence found malicious, in an alert of unknown state",
                    "evidence found malicious, in {} alerts of unknown state",
                ],
                |hit| !is_known(hit) && verdict(hit, "malicious"),
            )
        },
    },
    Rule {
        words: "An alert of medium or low severity that is open, or of unknown state, has it in a part that is not mere context",
        level: Level::Suspicious,
        speaks: |sifted| {
            alerts(
                sifted,
                ["alert of medium or low severity, not closed", "{} alerts of medium or low severity, not closed"],
                |hit| {
                    hit.open != Some(false)
                        && !hit.confirmed
                        && matches!(hit.severity, Some(Severity::Medium | Severity::Low))
                },
            )
        },
    },
    Rule {
        words: "Microsoft's verdict on it, as evidence in an alert, is suspicious",
        level: Level::Suspicious,
        speaks: |sifted| {
            alerts(sifted, ["evidence found suspicious", "evidence found suspicious in {} alerts"], |hit| {
                verdict(hit, "suspicious")
            })
        },
    },
    Rule {
        words: "A closed alert of high or medium severity has it, and nobody classified that alert",
        level: Level::Suspicious,
        speaks: |sifted| {
            alerts(sifted, ["closed alert that nobody classified", "{} closed alerts that nobody classified"], |hit| {
                hit.open == Some(false) && !hit.confirmed && hit.severity >= Some(Severity::Medium)
            })
        },
    },
    Rule {
        words: "An active entry of Defender's indicators warns of it, watches it, or blocks only a part of it, as a URL",
        level: Level::Suspicious,
        speaks: |sifted| {
            listed(
                sifted,
                |entry| entry.product == Product::Defender && !(blocks(entry) && entry.part.is_none()),
                action,
            )
        },
    },
    Rule {
        words: "An active Sentinel threat indicator names it with a lower confidence or none, or only a part of it: a URL, a mailbox",
        level: Level::Suspicious,
        speaks: |sifted| listed(sifted, |entry| entry.product == Product::Sentinel && !sure(entry), confidence),
    },
    Rule {
        words: "Microsoft's threat intelligence classifies it as suspicious",
        level: Level::Suspicious,
        speaks: |sifted| reputation(sifted, "suspicious"),
    },
    Rule { words: "Devices of the organisation connected to it, or were blocked", level: Level::Seen, speaks: devices },
    Rule {
        words: "Mail of the organisation came from it or has a link to it, people clicked on one, accounts signed in from it, or logs have it",
        level: Level::Seen,
        speaks: traffic,
    },
    Rule {
        words: "Other alerts have it: informational, without a severity, or closed with a low one",
        level: Level::Seen,
        speaks: |sifted| told(others(sifted), "other alert", "other alerts"),
    },
    Rule {
        words: "Alerts have it as context only: a client, a resolver, an answer to a name, a link in a mail, the organisation's own",
        level: Level::Seen,
        speaks: |sifted| told(sifted.context, "alert has it as context", "alerts have it as context"),
    },
    Rule {
        words: "Alerts with it were closed as false positive or as expected: they do not count",
        level: Level::Seen,
        speaks: |sifted| {
            told(sifted.dismissed, "alert closed as false or expected", "alerts closed as false or expected")
        },
    },
    Rule {
        words: "It is the organisation's own, a private address, or a name or an address that many share: what is bad on it is not held against it",
        level: Level::Seen,
        speaks: |sifted| {
            let because = sifted.unjudged_because.filter(|_| sifted.unjudged > 0)?;
            let counted = told(sifted.unjudged, "finding is not held against it", "findings are not held against it")?;
            Some(Spoken { detail: format!("{}: {because}", counted.detail), ..counted })
        },
    },
    Rule {
        words: "Entries that have lapsed, were revoked or are not yet valid name it: they do not count",
        level: Level::Seen,
        speaks: |sifted| {
            told(sifted.lapsed, "lapsed or revoked threat indicator", "lapsed or revoked threat indicators")
        },
    },
    Rule {
        words: "Entries that allow it: they do not count",
        level: Level::Seen,
        speaks: |sifted| told(sifted.allowed, "entry that allows it", "entries that allow it"),
    },
    Rule {
        words: "Incidents hold alerts with it",
        level: Level::Seen,
        speaks: |sifted| told(sifted.incidents, "incident", "incidents"),
    },
    Rule {
        words: "Microsoft's threat intelligence has records of it: what it resolved to, who registered it, what runs there",
        level: Level::Seen,
        speaks: |sifted| told(sifted.intelligence, "record of threat intelligence", "records of threat intelligence"),
    },
];

/// Whether a record says what became of the alert. Where none does, people may long have closed it as false.
fn is_known(hit: &Hit<'_>) -> bool {
    hit.open.is_some() || hit.confirmed
}

fn verdict(hit: &Hit<'_>, word: &str) -> bool {
    hit.places.iter().any(|place| place.verdict.as_deref() == Some(word))
}

fn attacks(hit: &Hit<'_>) -> bool {
    hit.places.iter().any(|place| matches!(place.role.as_deref(), Some("attacker" | "command_and_control")))
}

/// "open high alert, 3 days ago", "3 open high alerts, the last 9 hours ago": said by Sentinel if only its own rules
/// raised them, else by Microsoft. `words` are for one alert and for several.
fn alerts(sifted: &Sifted<'_>, words: [&str; 2], counts: impl Fn(&Hit<'_>) -> bool) -> Option<Spoken> {
    let hits: Vec<(usize, &Hit<'_>)> = sifted.alerts.iter().enumerate().filter(|(_, hit)| counts(hit)).collect();
    let newest = hits.iter().filter_map(|(_, hit)| hit.when).max();
    let [one, several] = words;
    let (what, last) = match hits.len() {
        0 => return None,
        1 => (one.to_owned(), ""),
        number => (several.replace("{}", &number.to_string()), "the last "),
    };
    let when = newest.map(|when| format!(", {last}{}", ago(when, sifted.now))).unwrap_or_default();
    let own_rules = hits.iter().all(|(_, hit)| hit.product == Product::Sentinel);
    Some(Spoken {
        who: if own_rules { "Sentinel" } else { "Microsoft" },
        detail: format!("{what}{when}"),
        alerts: hits.into_iter().map(|(at, _)| at).collect(),
        ..Spoken::default()
    })
}

/// "at least 4 devices connected, 2 more were blocked", "seen by at least 40 devices". Blocked are only devices with a block
/// event: an entry that would block says nothing of what happened.
fn devices(sifted: &Sifted<'_>) -> Option<Spoken> {
    let seen = sifted.devices;
    let devices = |number: u64| if number == 1 { "1 device".to_owned() } else { format!("{number} devices") };
    let mut parts = Vec::new();
    if seen.connected > 0 && seen.named {
        parts.push(format!("at least {} connected", devices(seen.connected)));
    }
    match (seen.blocked, seen.connected) {
        (0, _) => {}
        (1, 0) => parts.push("at least 1 device was blocked".to_owned()),
        (number, 0) => parts.push(format!("at least {number} devices were blocked")),
        (1, _) => parts.push("1 more was blocked".into()),
        (number, _) => parts.push(format!("{number} more were blocked")),
    }
    match parts.is_empty() {
        true if seen.seen_by > 0 => parts.push(format!("seen by at least {}", devices(seen.seen_by))),
        false if seen.seen_by > seen.connected + seen.blocked => {
            parts.push(format!("seen by at least {} in all", devices(seen.seen_by)));
        }
        _ => {}
    }
    let detail = parts.join(", ");
    (!detail.is_empty()).then(|| Spoken { who: "Defender", detail, beside: true, ..Spoken::default() })
}

fn reputation(sifted: &Sifted<'_>, word: &str) -> Option<Spoken> {
    let detail = format!("classified as {word}");
    (sifted.reputation == Some(word)).then(|| Spoken {
        who: "Microsoft's threat intelligence",
        detail,
        ..Spoken::default()
    })
}

/// "at least 3 messages, 1 of them still in a mailbox", "at least 2 accounts clicked, 1 of them past a warning".
fn traffic(sifted: &Sifted<'_>) -> Option<Spoken> {
    let seen = &sifted.traffic;
    let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let of_them = |number: usize, words: &str| match number {
        0 => String::new(),
        number => format!(", {number} of them {words}"),
    };
    let mut parts = Vec::new();
    if seen.messages > 0 {
        let still = of_them(seen.in_mailboxes, "still in mailboxes");
        parts.push(format!("at least {}{still}", count(seen.messages, "message", "messages")));
    }
    if seen.clicks > 0 {
        let through = of_them(seen.clicked_through, "past a warning");
        parts.push(format!("clicks by at least {}{through}", count(seen.clicks, "account", "accounts")));
    }
    if seen.sign_ins > 0 {
        parts.push(format!("sign-ins of at least {}", count(seen.sign_ins, "account", "accounts")));
    }
    if seen.logs > 0 {
        parts.push(format!("in {}", count(seen.logs, "log", "logs")));
    }
    let detail = parts.join("; ");
    (!detail.is_empty()).then(|| Spoken { who: "Oriel", detail, beside: true, ..Spoken::default() })
}

/// Alerts that count and that no rule above tells of.
fn others(sifted: &Sifted<'_>) -> usize {
    let told = |hit: &&Hit<'_>| {
        (hit.open != Some(false) && hit.severity >= Some(Severity::Low))
            || hit.severity >= Some(Severity::Medium)
            || verdict(hit, "malicious")
            || verdict(hit, "suspicious")
    };
    sifted.alerts.iter().filter(|hit| !told(hit)).count()
}

fn told(number: usize, one: &str, many: &str) -> Option<Spoken> {
    let detail = match number {
        0 => return None,
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    };
    Some(Spoken { who: "Oriel", detail, ..Spoken::default() })
}
