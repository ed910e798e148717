//! Every indicator in a text: log lines, JSON, mail headers, prose, defanged reports.
//!
//! One pass over the bytes: most words have no dot and no colon, and cost a table look-up a byte. What may be a name or
//! an address is looked at together with what stands before and after it (see [`context`] and [`endings`]).
//!
//! Choices, kept by the corpus:
//! - Versions are not addresses: `version 1.2.3.4`, `Chrome/120.0.0.0`, `v1.2.3.4` give nothing.
//! - File names are not domains: a name whose end is a top-level domain and a file's (`run.sh`, `report.zip`) is taken
//!   only in a link, a mail address, a defanged spelling, before a usual port, or where its neighbour says "host".
//! - A name in plain text has to end in a public suffix or a special-use name; in a link, any name counts.
//! - What a link has after its host is no indicator, but a link inside it is one.
//! - A network is none, an address with a mask (`10.0.0.5/24`) is one, a range is its two ends.
//! - In a link that a mail filter wrapped, the host inside is found, and the filter's is not.

mod context;
mod endings;
mod links;
mod names;
mod numbers;

use crate::Indicator;
use crate::refang;

pub(crate) use endings::is_file_like;

/// An indicator in a text, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The indicator, in its canonical form.
    pub indicator: Indicator,
    /// What it was part of.
    pub form: Form,
    /// Where its spelling begins, in bytes; always between two characters. For a wrapped link, where its host begins.
    pub start: usize,
    /// Where its spelling ends, in bytes. For a wrapped link, where the link ends.
    pub end: usize,
}

/// What a found indicator was part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// It stood by itself.
    Plain,
    /// It is the host of a link, or of one inside another.
    Link,
    /// It is the domain of a mail address.
    Mail,
}

/// All indicators of a text, in the order in which they stand. One that stands twice is found twice.
///
/// Never fails, whatever the text; the time it takes grows with the length of the text and not faster.
pub fn extract(text: &str) -> Vec<Found> {
    let mut scan = Scan { text, bytes: text.as_bytes(), at: 0, mail_at: None, not_wrapped_until: 0, found: Vec::new() };
    while let Some(byte) = scan.bytes.get(scan.at) {
        match CLASS[usize::from(*byte)] {
            Class::Word => scan.word(),
            Class::Colon => scan.colon(),
            Class::At => scan.at_sign(1),
            Class::Bracket => scan.bracket(),
            Class::Percent => scan.percent(),
            Class::High => scan.high(),
            Class::Other => scan.at += 1,
        }
    }
    scan.found
}

/// The place in a text, and what was found before it.
struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Just behind the last at sign.
    mail_at: Option<usize>,
    /// Up to here, a link was looked at that is not wrapped. Looking again from each filter's name in a long one would
    /// take a time that grows faster than the text.
    not_wrapped_until: usize,
    found: Vec<Found>,
}

#[derive(Clone, Copy)]
enum Class {
    Word,
    Colon,
    At,
    Bracket,
    Percent,
    High,
    Other,
}

const CLASS: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' => Class::Word,
            b':' => Class::Colon,
            b'@' => Class::At,
            b'[' | b'(' | b'{' => Class::Bracket,
            b'%' => Class::Percent,
            0x80.. => Class::High,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
}

/// Whether an ASCII byte may stand in a label.
fn is_word(byte: u8) -> bool {
    matches!(CLASS[usize::from(byte)], Class::Word)
}

impl Scan<'_> {
    fn word(&mut self) {
        if let Some(past) = self.ipv6(self.at) {
            self.at = past;
            return;
        }
        let run = names::run(self.text, self.at);
        self.at = run.end;
        if run.dots > 0 {
            let form = if self.mail_at == Some(run.start) { Form::Mail } else { Form::Plain };
            self.name(run, form);
        }
    }

    /// `://` begins a link, also written `:\/\/`; `::1` is an address.
    fn colon(&mut self) {
        let after = &self.bytes[self.at + 1..];
        let slashes = if after.starts_with(b"//") {
            2
        } else if after.starts_with(b"\\/\\/") {
            4
        } else if let Some(piece) = refang::piece(after).filter(|piece| piece.means == "//") {
            piece.len
        } else {
            0
        };
        if slashes > 0 {
            return self.link(self.at + 1 + slashes);
        }
        let begins_address = after.first() == Some(&b':')
            && self.at.checked_sub(1).is_none_or(|before| !is_word(self.bytes[before]) && self.bytes[before] != b':');
        self.at = begins_address.then(|| self.ipv6(self.at)).flatten().unwrap_or(self.at + 1);
    }

    fn at_sign(&mut self, len: usize) {
        self.at += len;
        self.mail_at = Some(self.at);
    }

    /// `[://]`, `[:]//` and `[at]`; the pieces inside a name belong to the name.
    fn bracket(&mut self) {
        let Some(piece) = refang::piece(&self.bytes[self.at..]) else {
            self.at += 1;
            return;
        };
        let past = self.at + piece.len;
        match piece.means {
            "://" => self.link(past),
            ":" if self.bytes[past..].starts_with(b"//") => self.link(past + 2),
            "@" => self.at_sign(piece.len + self.bytes[past..].iter().take_while(|byte| **byte == b' ').count()),
            _ => self.at = past,
        }
    }

    /// A percent-encoded character is no part of a name: `u=https%3A%2F%2Fbad.example%2Fp`.
    fn percent(&mut self) {
        let Some((len, character)) = links::escape(&self.bytes[self.at..]) else {
            self.at += 1;
            return;
        };
        match character {
            b':' => match links::escaped_slashes(&self.bytes[self.at + len..]) {
                Some(slashes) => self.link(self.at + len + slashes),
                None => self.at += len,
            },
            b'@' => self.at_sign(len),
            _ => self.at += len,
        }
    }

    fn high(&mut self) {
        match self.text[self.at..].chars().next() {
            Some(character) if names::is_letter(character) => self.word(),
            Some(character) => self.at += character.len_utf8(),
            None => self.at += 1,
        }
    }
}
