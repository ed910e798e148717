//! Which period an answer covers, and who was not asked, in words.

use jiff::Timestamp;

use crate::{Answer, Asked, Covered, Limit, Outcome, Product};

impl Covered {
    /// "26 Oct to 25 Nov 2026 (30 days, all that Microsoft keeps)"; "as of 25 Nov 2026" for a list that tells only the
    /// present state. Dates are in UTC.
    pub fn words(&self) -> String {
        if self.to <= self.from {
            return format!("as of {}", day(self.to));
        }
        let days = days(self);
        let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        match self.limited_by.words() {
            Some(limit) => format!("{} ({days}, {limit})", self.dates()),
            None => format!("{} ({days})", self.dates()),
        }
    }

    /// "26 Oct to 25 Nov 2026".
    pub(crate) fn dates(&self) -> String {
        let year = |time: Timestamp| time.strftime("%Y").to_string();
        let from =
            if year(self.from) == year(self.to) { self.from.strftime("%-d %b").to_string() } else { day(self.from) };
        format!("{from} to {}", day(self.to))
    }
}

impl Limit {
    /// What sets the beginning of a period, for the page's small print; nothing for what somebody chose.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Limit::Retention => Some("all that Microsoft keeps there"),
            Limit::Quota => Some("as far as the budget reaches"),
            Limit::Backfill => Some("as far as has been read"),
            Limit::Table => Some("the table begins here"),
            Limit::Setting => None,
        }
    }
}

/// "25 Nov 2026".
pub(crate) fn day(time: Timestamp) -> String {
    time.strftime("%-d %b %Y").to_string()
}

fn days(covered: &Covered) -> i64 {
    // Half a day more rounds to whole days: a period of 29 days and 23 hours is one of 30 days to its reader.
    (covered.to.duration_since(covered.from).as_secs() + 43_200) / 86_400
}

/// One clause a product and period, then who was not asked and why, then who is still being asked.
pub(crate) fn clauses(answers: &[Answer], waiting: &[Asked]) -> Vec<String> {
    let mut groups: Vec<(Product, &Covered, Vec<String>)> = Vec::new();
    for answer in answers {
        let Some(covered) = &answer.covered else { continue };
        let name = lower_first(&answer.asked.title);
        let known = groups
            .iter_mut()
            .find(|(product, known, _)| *product == answer.asked.product && known.words() == covered.words());
        match known {
            Some((_, _, names)) if names.contains(&name) => {}
            Some((_, _, names)) => names.push(name),
            None => groups.push((answer.asked.product, covered, vec![name])),
        }
    }
    let mut clauses: Vec<String> = groups
        .into_iter()
        .map(|(product, covered, names)| format!("{} {}: {}", product.title(), names.join(", "), covered.words()))
        .collect();
    clauses.extend(not_asked(answers).map(|names| format!("not asked: {names}")));
    if !waiting.is_empty() {
        clauses.push(format!("still being asked: {}", names(waiting.iter())));
    }
    clauses
}

/// "Defender alerts (permission missing), Sentinel (not connected)": every source that did not say all that it knows,
/// whoever is to blame. A product of which nothing was asked for one and the same reason is named as a whole. `None`
/// if everything was asked.
pub(crate) fn not_asked(answers: &[Answer]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for product in Product::ALL {
        let of_product = || {
            answers.iter().filter(move |answer| {
                // A question of another kind could not have been put to anyone; for a route that is gone another one speaks,
                // if there is one.
                let spoken_for = match answer.outcome {
                    Outcome::NotApplicable => true,
                    Outcome::Retired => answer.replaced,
                    _ => false,
                };
                answer.asked.product == product && !spoken_for
            })
        };
        let mut reasons: Vec<&'static str> = of_product().filter_map(Answer::why_not).collect();
        let all = reasons.len() == of_product().count();
        reasons.sort_unstable();
        reasons.dedup();
        if let ([reason], true) = (reasons.as_slice(), all) {
            parts.push(format!("{} ({reason})", product.title()));
            continue;
        }
        for answer in of_product() {
            if let Some(reason) = answer.why_not() {
                let part = format!("{} ({reason})", name(&answer.asked));
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        }
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// "Defender alerts, Sentinel incidents".
pub(crate) fn names<'a>(asked: impl Iterator<Item = &'a Asked>) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in asked.map(name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

fn name(asked: &Asked) -> String {
    format!("{} {}", asked.product.title(), lower_first(&asked.title))
}

/// "Alerts" → "alerts": titles stand inside a sentence here. An abbreviation at the beginning stays.
fn lower_first(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => title.to_owned(),
    }
}

#[cfg(test)]
mod tests;
