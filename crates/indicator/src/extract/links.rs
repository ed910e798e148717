//! Links in a text: their host, what a mail filter wrapped into them, and where their path ends.

use std::net::{IpAddr, Ipv4Addr};

use super::{Form, Found, Scan, names};
use crate::link::{self, Target};
use crate::{Domain, Indicator, address, refang, wrapped};

/// How many wrappings are taken off one link.
const DEEPEST: usize = 4;

/// A percent-encoded character, encoded any number of times: its length and what it stands for.
pub(super) fn escape(rest: &[u8]) -> Option<(usize, u8)> {
    let digit = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut at = 1;
    while rest[at..].starts_with(b"25") && digit(at + 2).is_some() && digit(at + 3).is_some() {
        at += 2;
    }
    Some((at + 2, (digit(at)? * 16 + digit(at + 1)?) as u8))
}

/// Two slashes, percent-encoded or not.
pub(super) fn escaped_slashes(rest: &[u8]) -> Option<usize> {
    let slash = |rest: &[u8]| match rest.first()? {
        b'/' => Some(1),
        b'%' => escape(rest).filter(|(_, character)| *character == b'/').map(|(len, _)| len),
        _ => None,
    };
    let first = slash(rest)?;
    Some(first + slash(&rest[first..])?)
}

/// Where a link surely ends.
fn ends_link(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`') || byte < 0x20
}

impl Scan<'_> {
    /// The host of a link whose slashes end at `start`.
    pub(super) fn link(&mut self, start: usize) {
        let start = self.behind_user(start);
        self.at = start;
        if self.bytes.get(start) == Some(&b'[') && refang::piece(&self.bytes[start..]).is_none() {
            return self.bracketed(start);
        }
        let starts_name = self.text[start..].chars().next().is_some_and(|first| {
            first.is_ascii_alphanumeric()
                || matches!(first, '_' | '-')
                || (!first.is_ascii() && names::is_letter(first))
        });
        if !starts_name {
            return;
        }
        let run = names::run(self.text, start);
        self.at = run.end;
        if run.dots > 0 {
            return self.name(run, Form::Link);
        }
        // `http://3221225985/` is an address to a browser.
        let written = &self.text[run.start..run.end];
        if written.starts_with(|first: char| first.is_ascii_digit())
            && let Target::Disguised(address, _) = link::read(&format!("http://{written}/")).target
            && written.len() >= 8
        {
            let indicator = Indicator::from(IpAddr::V4(address));
            self.found.push(Found { indicator, form: Form::Link, start: run.start, end: run.end });
        }
        self.skip_path(run.end);
    }

    /// Behind the user's name and password, if some stand before the host.
    fn behind_user(&self, start: usize) -> usize {
        let mut behind = start;
        let mut at = start;
        while let Some(&byte) = self.bytes.get(at).filter(|_| at - start < 512) {
            if ends_link(byte) || matches!(byte, b'/' | b'?' | b'#' | b',' | b';' | b'|') {
                break;
            }
            if byte == b'\\' && self.bytes.get(at + 1) != Some(&b'.') {
                break;
            }
            let at_sign = match byte {
                b'@' => Some(1),
                b'[' | b'(' | b'{' => {
                    refang::piece(&self.bytes[at..]).filter(|piece| piece.means == "@").map(|piece| piece.len)
                }
                b'%' => escape(&self.bytes[at..]).filter(|(_, character)| *character == b'@').map(|(len, _)| len),
                _ => None,
            };
            at += at_sign.unwrap_or(1);
            if at_sign.is_some() {
                behind = at;
            }
        }
        behind
    }

    /// `[2001:db8::3]`.
    fn bracketed(&mut self, start: usize) {
        let window = &self.bytes[start + 1..self.bytes.len().min(start + 80)];
        let Some(len) = window.iter().position(|byte| *byte == b']') else {
            self.at = start + 1;
            return;
        };
        let end = start + 1 + len;
        let Some(spelled) = address::read(&self.text[start + 1..end]) else {
            self.at = start + 1;
            return;
        };
        let indicator = Indicator::from(spelled.address);
        self.found.push(Found { indicator, form: Form::Link, start: start + 1, end });
        self.skip_path(end + 1);
    }

    /// Whether a path follows a host that stands without a scheme: behind its port, if it has one. In
    /// `host.example/203.0.113.7:9092`, as Java writes a socket, an address follows.
    pub(super) fn begins_path(&self, from: usize) -> bool {
        let rest = &self.bytes[from..];
        let port = match rest.first() {
            Some(b':') => 1 + rest[1..].iter().take(5).take_while(|byte| byte.is_ascii_digit()).count(),
            _ => 0,
        };
        match rest.get(port) {
            Some(b'?' | b'#') => true,
            Some(b'/') if port == 0 && rest.get(1).is_some_and(u8::is_ascii_digit) => {
                let run = names::run(self.text, from + 1);
                let is_address = self.text[run.start..run.end].parse::<Ipv4Addr>().is_ok();
                !is_address || self.bytes.get(run.end) == Some(&b'/')
            }
            Some(b'/') => true,
            _ => false,
        }
    }

    /// Goes to where the path that begins at `from` ends: at a query, whose values are looked at, at the end of the
    /// link, or at another link inside the path.
    pub(super) fn skip_path(&mut self, from: usize) {
        let mut at = from;
        while let Some(&byte) = self.bytes.get(at) {
            if ends_link(byte) || matches!(byte, b'?' | b'#' | b',' | b';' | b'|' | b'&') {
                break;
            }
            match byte {
                b':' if self.bytes[at + 1..].starts_with(b"//") => break,
                // In JSON, a line that ends or a bracket that is escaped ends the link.
                b'\\' if matches!(self.bytes.get(at + 1), Some(b'n' | b'r' | b't' | b'u' | b'"')) => break,
                b'%' => match escape(&self.bytes[at..]) {
                    Some((len, b':')) if escaped_slashes(&self.bytes[at + len..]).is_some() => break,
                    Some((_, b'?' | b'&')) => break,
                    Some((len, _)) => at += len,
                    None => at += 1,
                },
                b'[' | b'(' | b'{' => match refang::piece(&self.bytes[at..]) {
                    Some(piece) if piece.means.contains(':') && piece.means.len() > 1 => break,
                    Some(piece) => at += piece.len,
                    None => break,
                },
                b')' | b']' | b'}' => break,
                _ => at += 1,
            }
        }
        self.at = at.max(self.at);
    }

    /// Finds what a mail filter wrapped; `run` is the filter's host. Whether there was something.
    pub(super) fn unwrap(&mut self, host: &Domain, run: &names::Run) -> bool {
        if run.end < self.not_wrapped_until {
            return false;
        }
        let len = self.bytes[run.end..].iter().take_while(|byte| !ends_link(**byte)).count();
        let rest = self.text[run.end..run.end + len].trim_end_matches([')', ']', ',', '.']);
        let Some(indicator) = innermost(host, &refang::refang(rest)) else {
            self.not_wrapped_until = run.end + len;
            return false;
        };
        let end = run.end + rest.len();
        self.found.push(Found { indicator, form: Form::Link, start: run.start, end });
        self.at = end;
        true
    }
}

/// The host inside, however often it was wrapped. `after_host` is the filter's link from the slash on.
fn innermost(host: &Domain, after_host: &str) -> Option<Indicator> {
    let mut unwrapped = wrapped::unwrap(host.as_str(), after_host)?;
    for _ in 0..DEEPEST {
        let plain = refang::refang(&unwrapped.inside).into_owned();
        let link = link::read(&plain);
        match link.target {
            Target::Domain(host) => match wrapped::unwrap(host.as_str(), &link.rest) {
                Some(inside) => unwrapped = inside,
                None => return Some(Indicator::Domain(host)),
            },
            Target::Address(spelled) => return Some(Indicator::from(spelled.address)),
            Target::Disguised(address, _) => return Some(Indicator::from(IpAddr::V4(address))),
            Target::Neither(..) | Target::Nothing => return None,
        }
    }
    None
}
