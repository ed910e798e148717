//! The search box: one text in, one indicator out, or a sentence that says why not.

mod note;
mod rejected;

use crate::address::{self, Spelled};
use crate::link::{self, Target};
use crate::refang::{refang, refang_words};
use crate::{Domain, Form, Indicator, NotAName, extract, flags, forms, mask, wrapped};

pub use note::Note;
pub use rejected::Rejected;

/// What was read from an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The indicator, in its canonical form.
    pub indicator: Indicator,
    /// The input, trimmed, with the password of any userinfo masked.
    pub input: String,
    /// What the canonical form does not show; each is a clause for the page.
    pub notes: Vec<Note>,
}

/// Longer than any link that a browser or a mail filter makes.
const LONGEST: usize = 16 * 1024;

/// How many wrappings of mail filters are taken off one link.
const DEEPEST: usize = 4;

/// Reads one indicator from whatever a person pastes.
///
/// Choices, all of them rows of the corpus: a wildcard is refused with its domain offered, for a search of one name is
/// not what was asked; a network or a range is refused; a mail address is refused and its domain offered; in a longer text the only
/// indicator is taken and that is said; a single label is a device's name; a name under a top-level domain that the
/// public suffix list does not have is read, and that is said, unless it is the end of a file's name.
pub fn parse(text: &str) -> Result<Parsed, Rejected> {
    if text.len() > LONGEST {
        return Err(Rejected::TooLong { length: text.chars().count() });
    }
    let mut notes = Vec::new();
    let visible = without_invisible(text);
    if visible != text {
        notes.push(Note::Invisible);
    }
    let input = mask::masked(visible.trim());
    let mut written: String = bare(&visible).chars().map(halfwidth).collect();
    if !written.contains("://") && written.to_ascii_lowercase().contains("%3a%2f%2f") {
        written = wrapped::decoded(&written);
    }
    let plain = refang_words(&written);
    if plain != bare(&visible) {
        notes.push(Note::Defanged);
    }
    let plain = bare(&plain);
    if plain.is_empty() {
        return Err(Rejected::Empty);
    }
    let indicator = whole(plain, &mut notes)?;
    if let Indicator::Domain(domain) = &indicator {
        // Also for the host of a link: what is accepted has to be accepted again in its canonical form.
        if forms::is_file(domain) {
            return Err(Rejected::File { text: domain.to_string() });
        }
        say_about_end(domain, &mut notes);
    }
    Ok(Parsed { indicator, input, notes })
}

/// The whole text as one indicator, and if it is a text, the one in it.
fn whole(plain: &str, notes: &mut Vec<Note>) -> Result<Indicator, Rejected> {
    if let Some((first, last)) = address::range(plain) {
        return Err(Rejected::Range { first, last });
    }
    if plain.contains(char::is_whitespace) {
        return in_text(plain, notes);
    }
    match token(plain, notes, 0) {
        Err(Rejected::NotOne { .. } | Rejected::NotADomain { .. })
            if plain.contains([',', ';', '|', '"', '<', '(', '=']) =>
        {
            in_text(plain, notes)
        }
        other => other,
    }
}

fn in_text(plain: &str, notes: &mut Vec<Note>) -> Result<Indicator, Rejected> {
    let text = mask::quoted(plain);
    let found = extract(plain);
    let Some(first) = found.first() else {
        return Err(if forms::is_path(plain) { Rejected::File { text } } else { Rejected::NotOne { text } });
    };
    let mut different: Vec<&Indicator> = found.iter().map(|found| &found.indicator).collect();
    different.sort();
    different.dedup();
    if different.len() > 1 {
        return Err(Rejected::Several { count: different.len(), first: first.indicator.clone() });
    }
    match &first.indicator {
        Indicator::Domain(domain) if first.form == Form::Mail => {
            Err(Rejected::Email { text, domain: Some(domain.clone()) })
        }
        indicator => {
            notes.push(Note::InText);
            Ok(indicator.clone())
        }
    }
}

/// A text without blanks.
fn token(text: &str, notes: &mut Vec<Note>, depth: usize) -> Result<Indicator, Rejected> {
    if let Some(what) = forms::hash(text) {
        return Err(Rejected::Hash { text: mask::quoted(text), what });
    }
    if let Some(what) = forms::identifier(text) {
        return Err(Rejected::Identifier { text: mask::quoted(text), what });
    }
    // The final dot of a name is a matter for `Domain`; that of an address ends a sentence.
    let undotted = text.strip_suffix('.').unwrap_or(text);
    if let Some(spelled) = address::read(undotted) {
        return Ok(address_with_notes(spelled, notes));
    }
    if let Some((host, port)) = address::split_port(undotted)
        && let Some(spelled) = address::read(host)
    {
        notes.push(Note::Port(port.to_owned()));
        return Ok(address_with_notes(spelled, notes));
    }
    if let Some(network) = address::network(text) {
        return Err(Rejected::Network { network });
    }
    if let Some(rejected) = mail(text) {
        return Err(rejected);
    }
    if forms::is_path(text) {
        return Err(Rejected::File { text: mask::quoted(text) });
    }
    if is_account(text) {
        return Err(Rejected::Account { text: mask::quoted(text) });
    }
    if link::looks_like_one(text) {
        return host_of_link(text, notes, depth);
    }
    if text.contains('*') {
        let domain = text.strip_prefix("*.").and_then(|rest| Domain::read(rest).ok());
        return Err(Rejected::Wildcard { text: mask::quoted(text), domain });
    }
    let (name, port) = address::split_port(text).map_or((text, None), |(host, port)| (host, Some(port)));
    let domain = bare_name(name, notes)?;
    notes.extend(port.map(|port| Note::Port(port.to_owned())));
    Ok(Indicator::Domain(domain))
}

fn bare_name(name: &str, notes: &mut Vec<Note>) -> Result<Domain, Rejected> {
    if let Some(why) = address::why_not(name.strip_suffix('.').unwrap_or(name)) {
        return Err(Rejected::NotAnAddress { text: mask::quoted(name), why });
    }
    let below = name.strip_prefix('.').filter(|rest| !rest.starts_with('.'));
    let domain = Domain::read(below.unwrap_or(name)).map_err(|why| not_a_domain(name, why))?;
    if below.is_some() {
        notes.push(Note::LeadingDot);
    }
    Ok(domain)
}

fn not_a_domain(name: &str, why: NotAName) -> Rejected {
    let text = mask::quoted(name);
    match why {
        NotAName::Empty => Rejected::NotOne { text },
        NotAName::SingleLabel => Rejected::DeviceName { text },
        NotAName::NumericEnd if !name.contains('.') => Rejected::NotOne { text },
        // Without a dot it is a word, and says nothing about domains.
        NotAName::Character(_) if !name.contains('.') => Rejected::NotOne { text },
        why => Rejected::NotADomain { text, why },
    }
}

fn host_of_link(text: &str, notes: &mut Vec<Note>, depth: usize) -> Result<Indicator, Rejected> {
    let link = link::read(text);
    if let Target::Domain(host) = &link.target
        && depth < DEEPEST
        && let Some(unwrapped) = wrapped::unwrap(host.as_str(), &link.rest)
    {
        notes.push(Note::Wrapped(unwrapped.by));
        return token(&refang(unwrapped.inside.trim()), notes, depth + 1);
    }
    let indicator = match link.target {
        Target::Address(spelled) => address_with_notes(spelled, notes),
        Target::Disguised(address, written) => {
            notes.push(Note::Disguised(written));
            Indicator::from(std::net::IpAddr::V4(address))
        }
        Target::Domain(domain) => Indicator::Domain(domain),
        Target::Neither(host, _) if host.contains('*') => {
            let domain = host.strip_prefix("*.").and_then(|rest| Domain::read(rest).ok());
            return Err(Rejected::Wildcard { text: mask::quoted(&host), domain });
        }
        Target::Neither(host, why) => {
            let numbers = address::why_not(&host).map(|why| Rejected::NotAnAddress { text: mask::quoted(&host), why });
            return Err(numbers.unwrap_or_else(|| not_a_domain(&host, why)));
        }
        Target::Nothing => return Err(Rejected::NotOne { text: mask::quoted(text) }),
    };
    if link.has_rest {
        notes.push(Note::HostOfLink);
    }
    notes.extend(link.port.map(Note::Port));
    if link.has_userinfo {
        notes.push(Note::Userinfo);
    }
    if link.has_decoy {
        notes.push(Note::Decoy);
    }
    Ok(indicator)
}

fn address_with_notes(spelled: Spelled, notes: &mut Vec<Note>) -> Indicator {
    notes.extend(spelled.mapped.map(Note::Mapped));
    notes.extend(spelled.zone.map(Note::Zone));
    Indicator::from(spelled.address)
}

/// `jane@example.com`, `mailto:jane@example.com?subject=x`. With a colon before the sign it is a user and a password.
fn mail(text: &str) -> Option<Rejected> {
    let (scheme, address) = match text.split_once(':') {
        Some((scheme, rest)) if is_mail_scheme(scheme) => (Some(scheme), rest),
        _ => (None, text),
    };
    let address = if scheme.is_some() { address.split('?').next().unwrap_or(address) } else { address };
    let (local, domain) = address.rsplit_once('@')?;
    if local.contains([':', '/', '\\', '?', '#']) || domain.contains(['/', ':', '?', '#', '\\']) {
        return None;
    }
    Some(Rejected::Email { text: mask::quoted(address), domain: Domain::read(domain).ok() })
}

fn is_mail_scheme(scheme: &str) -> bool {
    ["mailto", "smtp", "sip", "sips", "xmpp"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// `CONTOSO\jane`: one backslash between two names.
fn is_account(text: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && !name.contains(['/', ':', '\\', '?', '#', '@']);
    text.split_once('\\').is_some_and(|(domain, name)| is_name(domain) && is_name(name))
}

fn say_about_end(domain: &Domain, notes: &mut Vec<Note>) {
    if domain.is_public_suffix() {
        notes.push(Note::PublicSuffix(domain.to_string()));
    } else if !domain.has_known_suffix() && !flags::is_special_use(domain.as_str()) {
        notes.push(Note::UnknownEnd(domain.top().to_owned()));
    } else if extract::is_file_like(domain) && !notes.contains(&Note::HostOfLink) {
        notes.push(Note::AlsoFile(domain.top().to_owned()));
    }
}

/// Drops characters that show nothing and get into copied text: zero-width spaces, marks of direction, soft hyphens.
/// Joiners stay in names beyond ASCII, where they may mean something.
fn without_invisible(text: &str) -> String {
    let shows = |character: &char| !matches!(character, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let visible: String = text.chars().filter(shows).collect();
    let joins = |character: char| matches!(character, '\u{200c}' | '\u{200d}');
    if visible.chars().all(|character| character.is_ascii() || joins(character)) {
        return visible.replace(joins, "");
    }
    visible
}

/// The ASCII character of which this is the wide form that East Asian keyboards write.
fn halfwidth(character: char) -> char {
    match u32::from(character) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

/// Without the blanks, quotation marks, brackets and punctuation that were copied with it.
fn bare(text: &str) -> &str {
    const QUOTES: [char; 13] = ['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»', '<', '>', '…'];
    let mut text = text.trim();
    loop {
        let before = text;
        text = text.trim_matches(QUOTES).trim_end_matches([',', ';', '!']).trim();
        if text.ends_with(')') && !text.contains('(') {
            text = &text[..text.len() - 1];
        }
        if text.ends_with(':') && !text.ends_with("::") {
            text = &text[..text.len() - 1];
        }
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            let inside = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            // `[2001:db8::1]` keeps its brackets, and `{8-4-4-4-12}` is a form of its own.
            if let Some(inside) = inside.filter(|inside| !inside.contains([':', open])) {
                text = inside.trim();
            }
        }
        if text == before {
            return text;
        }
    }
}
