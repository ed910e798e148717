//! Domain names: the canonical form, and what the public suffix list knows about it.

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// A domain name in its canonical form: A-labels, lower case, no final dot, at least two labels.
///
/// Letters, digits, hyphens and underscores are kept as they stand, so `_dmarc.example.org` is one. A label that begins
/// with `xn--` and decodes to nothing is kept as typed: such names occur in logs, and have to be found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

/// Why a text is not a domain name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    /// Nothing is left.
    #[error("it is empty")]
    Empty,
    /// Two dots stand together, or one stands first.
    #[error("two dots stand together, or one stands first")]
    EmptyLabel,
    /// The part between two dots is longer than 63 characters.
    #[error("the part “{0}…” has more than the 63 characters that are possible between two dots")]
    LabelTooLong(String),
    /// The whole is longer than 253 characters.
    #[error("it has {0} characters, and a domain has at most 253")]
    TooLong(usize),
    /// No dot: a device's name, or a top-level domain.
    #[error("it is a single name without a dot")]
    SingleLabel,
    /// The last label is a number, so it could only be an address.
    #[error("it ends in a number, which no domain does")]
    NumericEnd,
    /// A character that no name has.
    #[error("“{}” cannot stand in a domain", shown(*.0))]
    Character(char),
    /// A part in letters beyond ASCII that the rules for international names do not allow.
    #[error("the part “{0}” is not allowed by the rules for international names (IDNA)")]
    International(String),
}

/// A character as a sentence shows it: itself, or its escape where it cannot be seen.
fn shown(character: char) -> String {
    if matches!(character, '\'' | '"' | '\\') { character.to_string() } else { character.escape_debug().to_string() }
}

/// The full stops that UTS 46 takes for a dot.
pub(crate) const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

impl Domain {
    /// Reads a bare name: `Evil.Example.COM.`, `bücher.example`. No defanged spelling, port or scheme: that is what
    /// [`crate::parse`] is for.
    pub fn read(text: &str) -> Result<Domain, NotAName> {
        let text = text.strip_suffix(DOTS).unwrap_or(text);
        if text.is_empty() {
            return Err(NotAName::Empty);
        }
        let name = if text.is_ascii() { text.to_ascii_lowercase() } else { a_labels(text)? };
        check(&name)?;
        Ok(Domain(name))
    }

    /// The canonical form, in A-labels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in Unicode, for display beside the canonical one. Labels that do not decode stay as they are.
    pub fn unicode(&self) -> String {
        let labels: Vec<String> = self.0.split('.').map(unicode_label).collect();
        labels.join(".")
    }

    /// The name that somebody registered: `example.co.uk` of `a.b.example.co.uk`. `None` for a public suffix.
    pub fn registrable(&self) -> Option<&str> {
        psl::domain_str(&self.0)
    }

    /// The names above it, nearest first, down to the registrable domain. Empty for a registrable domain and for a
    /// public suffix.
    pub fn parents(&self) -> Vec<Domain> {
        let Some(registrable) = self.registrable() else { return Vec::new() };
        let mut parents = Vec::new();
        let mut name = self.0.as_str();
        while name.len() > registrable.len() {
            let Some((_, rest)) = name.split_once('.') else { break };
            parents.push(Domain(rest.to_owned()));
            name = rest;
        }
        parents
    }

    /// Whether anyone may register names below it: `co.uk`, `github.io`.
    pub fn is_public_suffix(&self) -> bool {
        psl::suffix(self.0.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == self.0.as_bytes())
    }

    /// Whether it is a name below `other`; a name is not below itself.
    pub fn is_below(&self, other: &Domain) -> bool {
        self.0.strip_suffix(other.as_str()).is_some_and(|rest| rest.ends_with('.'))
    }

    /// The last label.
    pub(crate) fn top(&self) -> &str {
        self.0.rsplit('.').next().unwrap_or(&self.0)
    }

    /// Whether its end is on the public suffix list.
    pub(crate) fn has_known_suffix(&self) -> bool {
        psl::suffix(self.0.as_bytes()).is_some_and(|suffix| suffix.is_known())
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Domain {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Domain {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Domain, NotAName> {
        Domain::read(text)
    }
}

/// Label by label, so that one label which IDNA does not know (an underscore, a broken `xn--`) does not stand in the
/// way of another.
fn a_labels(text: &str) -> Result<String, NotAName> {
    let mut name = String::with_capacity(text.len() + 8);
    for (index, label) in text.split(DOTS).enumerate() {
        if index > 0 {
            name.push('.');
        }
        if label.is_ascii() {
            name.extend(label.chars().map(|character| character.to_ascii_lowercase()));
            continue;
        }
        let encoded = Uts46::new()
            .to_ascii(label.as_bytes(), AsciiDenyList::URL, Hyphens::Allow, DnsLength::Ignore)
            .map_err(|_| NotAName::International(label.to_owned()))?;
        name.push_str(&encoded);
    }
    Ok(name)
}

fn unicode_label(label: &str) -> String {
    if !label.starts_with("xn--") {
        return label.to_owned();
    }
    let (decoded, outcome) = Uts46::new().to_unicode(label.as_bytes(), AsciiDenyList::URL, Hyphens::Allow);
    if outcome.is_ok() { decoded.into_owned() } else { label.to_owned() }
}

fn check(name: &str) -> Result<(), NotAName> {
    let mut labels = 0;
    let mut top = "";
    for label in name.split('.') {
        if label.is_empty() {
            return Err(NotAName::EmptyLabel);
        }
        let strange = |character: &char| !character.is_ascii_alphanumeric() && !matches!(character, '-' | '_');
        if let Some(character) = label.chars().find(strange) {
            return Err(NotAName::Character(character));
        }
        if label.len() > 63 {
            return Err(NotAName::LabelTooLong(label.chars().take(20).collect()));
        }
        labels += 1;
        top = label;
    }
    if name.len() > 253 {
        return Err(NotAName::TooLong(name.len()));
    }
    if top.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotAName::NumericEnd);
    }
    if labels < 2 {
        return Err(NotAName::SingleLabel);
    }
    // Underscores occur before the registered name, never in a top-level domain: `user.first_name` is a field.
    if top.contains('_') {
        return Err(NotAName::Character('_'));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::NotAName;

    #[test]
    fn a_sentence_shows_a_quote_as_itself_and_what_cannot_be_seen_by_its_escape() {
        assert_eq!(NotAName::Character('\'').to_string(), "“'” cannot stand in a domain");
        assert_eq!(NotAName::Character('\u{1b}').to_string(), "“\\u{1b}” cannot stand in a domain");
    }
}
