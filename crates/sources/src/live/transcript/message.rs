//! Microsoft's error texts, for whose wording a transcript is made: everything in them that could be a tenant's is replaced.

use super::{StandIns, keys};

/// A longer text is no message.
const LONGEST: usize = 4_000;

/// What Microsoft itself puts into quotes.
const QUOTED: [&str; 36] = [
    "client_assertion",
    "client_credentials",
    "client_id",
    "client_secret",
    "count",
    "distinct",
    "extend",
    "filter",
    "grant_type",
    "join",
    "mv-expand",
    "or",
    "order",
    "password",
    "project",
    "resource",
    "scope",
    "search",
    "sort",
    "source",
    "summarize",
    "take",
    "tenant",
    "tenantid",
    "top",
    "union",
    "where",
    "$filter",
    "$orderby",
    "$search",
    "$select",
    "$skip",
    "$top",
    "/",
    "50",
    "1000",
];

/// A text with stand-ins in it. `ours` is what Oriel's own request said: an echo of it stays.
pub(super) fn replaced(text: &str, ours: &str, stand_ins: &mut StandIns) -> String {
    let text: String = text.chars().take(LONGEST).collect();
    let text = unquoted_names(&text, stand_ins);
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(found) = Quote::first(rest) {
        out.push_str(&known(&rest[..found.open], ours, stand_ins));
        out.push_str(&rest[found.open..found.start]);
        out.push_str(&quoted(&rest[found.start..found.end], ours, stand_ins));
        out.push_str(&rest[found.end..found.close]);
        rest = &rest[found.close..];
    }
    out.push_str(&known(rest, ours, stand_ins));
    out
}

/// Names that Entra's sentences carry without quotes: "in the tenant named X.", "Application 'ID'(X) is disabled".
fn unquoted_names(text: &str, stand_ins: &mut StandIns) -> String {
    const PLACES: [(&str, &[&str]); 3] =
        [("tenant named ", &[". ", ".\r", ".\n"]), ("'(", &[") ", ")."]), ("directory named ", &[". ", ".\r", ".\n"])];
    let mut out = text.to_owned();
    for (before, ends) in PLACES {
        let mut from = 0;
        while let Some(start) = out[from..].find(before).map(|at| from + at + before.len()) {
            let end = ends.iter().filter_map(|end| out[start..].find(end)).min();
            let end = end.map_or_else(|| out.trim_end_matches(['.', ')']).len().max(start), |at| start + at);
            let name = out[start..end].trim_matches('\'').to_owned();
            let stand_in = match stand_ins.entity(&name) {
                Some(entity) => entity,
                None => stand_ins.text(&name),
            };
            out.replace_range(start..end, &stand_in);
            from = start + stand_in.len();
        }
    }
    out
}

/// Where a quotation stands: before its first mark, behind it, before its last, behind that.
struct Quote {
    open: usize,
    start: usize,
    end: usize,
    close: usize,
}

impl Quote {
    fn first(text: &str) -> Option<Quote> {
        const MARKS: [(char, char); 5] = [('\'', '\''), ('"', '"'), ('“', '”'), ('‘', '’'), ('`', '`')];
        let mut before = ' ';
        for (open, mark) in text.char_indices() {
            if let Some((_, closing)) = MARKS.iter().find(|(opening, _)| *opening == mark)
                && !before.is_alphanumeric()
            {
                let start = open + mark.len_utf8();
                let ends = text[start..].char_indices().filter(|(_, one)| one == closing);
                let mut ends = ends.map(|(at, one)| (start + at, start + at + one.len_utf8()));
                // An apostrophe inside a word closes nothing.
                let end = ends.find(|(_, close)| !text[*close..].starts_with(char::is_alphanumeric));
                if let Some((end, close)) = end {
                    return Some(Quote { open, start, end, close });
                }
            }
            before = mark;
        }
        None
    }
}

fn quoted(inner: &str, ours: &str, stand_ins: &mut StandIns) -> String {
    let plain = inner.trim();
    if plain.is_empty() || QUOTED.contains(&plain) || keys::is_moment(plain) || is_provider_status(plain) {
        return inner.to_owned();
    }
    if let Some(entity) = stand_ins.entity(plain) {
        return entity;
    }
    if ours.contains(plain) {
        return inner.to_owned();
    }
    // Several permissions, or a list of the words above.
    let words: Vec<&str> = plain.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    if words.iter().all(|word| QUOTED.contains(word) || keys::is_permission(word)) {
        return inner.to_owned();
    }
    stand_ins.text(plain)
}

/// "Microsoft/MCAS/504/30012": which of the providers behind Graph did not answer.
fn is_provider_status(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let [vendor, provider, status, took] = parts.as_slice() else { return false };
    *vendor == "Microsoft" && keys::is_word(provider) && keys::is_number(status) && keys::is_number(took)
}

/// A piece of prose: names that are known from elsewhere first, then word by word.
fn known(text: &str, ours: &str, stand_ins: &mut StandIns) -> String {
    let mut names = stand_ins.names().iter();
    let found = names.find_map(|(name, stand_in)| Some((position(text, name)?, stand_in.clone())));
    if let Some(((start, end), stand_in)) = found {
        let before = known(&text[..start], ours, stand_ins);
        let after = known(&text[end..], ours, stand_ins);
        return format!("{before}{stand_in}{after}");
    }
    let mut out = String::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let trimmed = piece.trim_end_matches(char::is_whitespace);
        out.push_str(&word(trimmed, ours, stand_ins));
        out.push_str(&piece[trimmed.len()..]);
    }
    out
}

/// Where a name stands as a word or words of its own, whatever the case of its letters.
fn position(text: &str, name: &str) -> Option<(usize, usize)> {
    let mut before = ' ';
    for (start, one) in text.char_indices() {
        if !before.is_alphanumeric()
            && let Some(end) = end_of(&text[start..], name)
            && !text[start + end..].starts_with(char::is_alphanumeric)
        {
            return Some((start, start + end));
        }
        before = one;
    }
    None
}

/// Where a name ends with which this text begins.
fn end_of(text: &str, name: &str) -> Option<usize> {
    let mut ends = text.char_indices().map(|(at, one)| (at + one.len_utf8(), one));
    let mut end = 0;
    for wanted in name.chars() {
        let (at, one) = ends.next()?;
        if !one.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
        end = at;
    }
    Some(end)
}

/// One word with the marks around it.
fn word(text: &str, ours: &str, stand_ins: &mut StandIns) -> String {
    let is_mark = |one: char| ".,;:!?()[]{}<>=|'\"“”‘’`*".contains(one);
    let core = text.trim_matches(is_mark);
    if core.is_empty() {
        return text.to_owned();
    }
    let start = text.len() - text.trim_start_matches(is_mark).len();
    let (before, after) = (&text[..start], &text[start + core.len()..]);
    format!("{before}{}{after}", bare(core, ours, stand_ins))
}

fn bare(core: &str, ours: &str, stand_ins: &mut StandIns) -> String {
    if keys::is_moment(core) {
        return core.to_owned();
    }
    if let Some(entity) = stand_ins.entity(core) {
        return entity;
    }
    if core.contains('\\') || core.contains('@') {
        return stand_ins.text(core);
    }
    if let Some((at, mark)) = core.char_indices().find(|(_, one)| "=:,;|()[]{}<>/".contains(*one)) {
        let (left, right) = (&core[..at], &core[at + mark.len_utf8()..]);
        return format!("{}{mark}{}", word(left, ours, stand_ins), word(right, ours, stand_ins));
    }
    let letters = core.chars().filter(|one| one.is_alphabetic()).count();
    let digits = core.chars().filter(|one| one.is_numeric()).count();
    let is_code = core.strip_prefix("AADSTS").is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
    // Long runs with digits in them are ids; words are not as long as that, and numbers neither.
    let like_an_id = (digits > 0 && letters > 0 && core.len() >= 10) || digits >= 10 || core.len() > 40;
    if !like_an_id || is_code || ours.contains(core) {
        return core.to_owned();
    }
    stand_ins.text(core)
}
