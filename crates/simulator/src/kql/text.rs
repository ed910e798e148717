//! Comparing text as Kusto does: `=~` folds the case of ASCII only, the others that of all letters.

use std::net::Ipv4Addr;

use super::syntax::TextTest;

/// Whether `text` passes the test against `wanted`.
pub(super) fn passes(test: TextTest, case: bool, text: &str, wanted: &str) -> bool {
    if case {
        return passes_as_written(test, text, wanted);
    }
    if test == TextTest::EqualIgnoringCase {
        return text.eq_ignore_ascii_case(wanted);
    }
    passes_as_written(test, &folded(text), &folded(wanted))
}

fn folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

fn passes_as_written(test: TextTest, text: &str, wanted: &str) -> bool {
    match test {
        TextTest::EqualIgnoringCase => text == wanted,
        TextTest::Contains => text.contains(wanted),
        TextTest::StartsWith => text.starts_with(wanted),
        TextTest::EndsWith => text.ends_with(wanted),
        TextTest::Has => has(text, wanted, true, true),
        TextTest::HasPrefix => has(text, wanted, true, false),
        TextTest::HasSuffix => has(text, wanted, false, true),
    }
}

/// Whether `wanted` stands in `text` between the borders of terms. A term is a run of letters and digits, so
/// `evil.example` is found in `sub.evil.example` and in `evil.example.org`, but not in `notevil.example`.
fn has(text: &str, wanted: &str, border_before: bool, border_after: bool) -> bool {
    if wanted.is_empty() {
        return true;
    }
    // A border lies wherever two letters or digits do not touch.
    let border = |before: Option<char>, after: Option<char>| {
        !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric))
    };
    let mut from = 0;
    while let Some(found) = text[from..].find(wanted) {
        let start = from + found;
        let end = start + wanted.len();
        let before = !border_before || border(text[..start].chars().next_back(), wanted.chars().next());
        let after = !border_after || border(wanted.chars().next_back(), text[end..].chars().next());
        if before && after {
            return true;
        }
        from = start + wanted.chars().next().map_or(1, char::len_utf8);
    }
    false
}

/// `has_ipv4`: the whole address stands in the text, not as a part of a longer one.
pub(super) fn has_ipv4(text: &str, wanted: &str) -> bool {
    if wanted.parse::<Ipv4Addr>().is_err() {
        return false;
    }
    let mut from = 0;
    while let Some(found) = text[from..].find(wanted) {
        let start = from + found;
        let end = start + wanted.len();
        if !continues(text[..start].chars().rev()) && !continues(text[end..].chars()) {
            return true;
        }
        from = start + 1;
    }
    false
}

/// Whether what stands next to an address belongs to it: a letter, a digit, or a dot with a digit behind it.
fn continues(mut next: impl Iterator<Item = char>) -> bool {
    match next.next() {
        Some('.') => next.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_alphanumeric(),
        None => false,
    }
}
