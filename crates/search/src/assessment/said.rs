//! Who says it is bad, in as few words as an analyst reads in five seconds.

use super::{Level, rules};

/// "Microsoft: malicious (3 open high alerts, the last 9 hours ago)", "listed by Defender (Block) and Sentinel (confidence
/// 90)": of each speaker the weightiest rule, and no alert under two of them. All the rest stands among the reasons.
pub(super) fn said<'a>(level: Level, spoken: impl Iterator<Item = &'a rules::Spoken>) -> Vec<String> {
    let (mut speakers, mut told, mut clauses) = (Vec::new(), Vec::new(), Vec::new());
    let mut lists: Vec<&str> = Vec::new();
    let mut list_first = false;
    for one in spoken {
        if speakers.contains(&one.who) || one.alerts.iter().any(|alert| told.contains(alert)) {
            continue;
        }
        match &one.listed {
            Some(list) if !speakers.is_empty() => lists.push(list),
            _ => clauses.push(format!("{}: {} ({})", one.who, level.as_str(), one.detail)),
        }
        list_first |= speakers.is_empty() && one.listed.is_some();
        speakers.push(one.who);
        told.extend(&one.alerts);
    }
    if !lists.is_empty() {
        let also = if list_first { "also " } else { "" };
        clauses.push(format!("{also}listed by {}", lists.join(" and ")));
    }
    clauses
}

#[cfg(test)]
mod tests;
