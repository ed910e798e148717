//! What an entry of a list says.

use super::Spoken;
use crate::Product;
use crate::assessment::sift::{Listing, Sifted};

/// From this confidence on, Sentinel's own list is taken at its word.
const CONFIDENT: u8 = 75;

pub(super) fn blocks(entry: &Listing<'_>) -> bool {
    entry.product == Product::Defender && entry.action == Some("block")
}

pub(super) fn sure(entry: &Listing<'_>) -> bool {
    entry.product == Product::Sentinel
        && entry.part.is_none()
        && entry.confidence.is_some_and(|confidence| confidence >= CONFIDENT)
}

pub(super) fn listed(
    sifted: &Sifted<'_>,
    counts: impl Fn(&Listing<'_>) -> bool,
    detail: impl Fn(&Listing<'_>) -> String,
) -> Option<Spoken> {
    let entry = sifted.listings.iter().filter(|entry| counts(entry)).max_by_key(|entry| entry.confidence)?;
    let (who, list) = match entry.product {
        Product::Defender => ("Defender's indicators", "Defender"),
        Product::Sentinel => ("Sentinel's threat indicators", "Sentinel"),
    };
    let word = match (entry.product, entry.confidence) {
        (Product::Defender, _) => action_word(entry).to_owned(),
        (Product::Sentinel, Some(confidence)) => format!("confidence {confidence}"),
        (Product::Sentinel, None) => String::new(),
    };
    let what = match (word.as_str(), entry.part) {
        ("", None) => String::new(),
        ("", Some(part)) => format!(" ({part})"),
        (word, None) => format!(" ({word})"),
        (word, Some(part)) => format!(" ({word}, {part})"),
    };
    Some(Spoken { who, detail: detail(entry), listed: Some(format!("{list}{what}")), ..Spoken::default() })
}

pub(super) fn confidence(entry: &Listing<'_>) -> String {
    let what = with_part("active entry".into(), entry);
    match entry.confidence {
        Some(confidence) => format!("{what}, confidence {confidence}"),
        None => what,
    }
}

fn action_word(entry: &Listing<'_>) -> &'static str {
    match entry.action {
        Some("block") => "Block",
        Some("warn") => "Warn",
        Some("audit") => "Audit",
        Some("alert") => "Alert",
        _ => "",
    }
}

pub(super) fn action(entry: &Listing<'_>) -> String {
    with_part(format!("active {} entry", action_word(entry)).replace("  ", " "), entry)
}

fn with_part(what: String, entry: &Listing<'_>) -> String {
    match entry.part {
        Some(part) => format!("{what} for {part}"),
        None => what,
    }
}
