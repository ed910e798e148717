//! Addresses in a text.

use std::net::Ipv4Addr;

use super::{Form, Found, Scan, context, is_word, names::Run};
use crate::{Indicator, address, refang};

impl Scan<'_> {
    /// A run of numbers, dots and hyphens: an address, or two with a hyphen between.
    pub(super) fn addresses(&mut self, run: Run, form: Form) {
        let written = &self.text[run.start..run.end];
        let mut start = run.start;
        let mut found = Vec::new();
        for part in written.split('-') {
            let end = start + part.len();
            let plain = if run.is_defanged { refang::refang(part) } else { part.into() };
            match plain.parse::<Ipv4Addr>() {
                Ok(address) => found.push((address, start, end)),
                // `1.2.3.4-5`, `2026-11-25.1`: not numbers of which each part is an address.
                Err(_) => found.clear(),
            }
            start = end + 1;
        }
        let parts = written.split('-').count();
        let is_whole =
            found.len() == parts && !is_network(&self.bytes[run.end..], found.last().map(|(address, ..)| *address));
        if is_whole && (form == Form::Link || run.is_defanged || context::is_no_version(self.text, &run)) {
            let form = if form == Form::Mail { Form::Plain } else { form };
            for (address, start, end) in found {
                self.found.push(Found { indicator: Indicator::from(std::net::IpAddr::V4(address)), form, start, end });
            }
        }
        if form == Form::Link || self.begins_path(run.end) {
            self.skip_path(run.end);
        }
    }

    /// Tries an IPv6 address at `start`. Returns where to go on if the place was dealt with, found or not: the tail of
    /// something with nine groups must not be taken for an address.
    pub(super) fn ipv6(&mut self, start: usize) -> Option<usize> {
        let (end, colons) = self.ipv6_run(start)?;
        if colons < 2 {
            return None;
        }
        let written = &self.text[start..end];
        let plain = refang::refang(written);
        let trimmed = plain.trim_end_matches('.');
        let trimmed = if trimmed.ends_with("::") { trimmed } else { trimmed.strip_suffix(':').unwrap_or(trimmed) };
        let cut = plain.len() - trimmed.len();
        let end_of_address = end - cut;
        let follows = self.bytes.get(end_of_address).copied();
        let is_bounded = cut > 0 || !follows.is_some_and(|byte| is_word(byte) || byte >= 0x80);
        if is_bounded
            && is_likely(trimmed)
            && let Some(spelled) = address::read(trimmed)
        {
            let length = mask_length(&self.bytes[end_of_address..]);
            if !length.is_some_and(|length| is_network_of(trimmed, length)) {
                let indicator = Indicator::from(spelled.address);
                self.found.push(Found { indicator, form: Form::Plain, start, end: end_of_address });
            }
            return Some(end_of_address);
        }
        // Behind the last colon, for a name or an IPv4 address may stand there: `10:20:01:203.0.113.7`.
        let last_colon = written.rfind(':').map_or(end, |colon| start + colon + 1);
        let past = self.bytes[last_colon..].iter().take_while(|byte| matches!(byte, b']' | b')' | b'}')).count();
        Some(last_colon + past)
    }

    /// How far hexadecimal digits, colons and dots go, defanged or not, and how many colons there are.
    fn ipv6_run(&self, start: usize) -> Option<(usize, usize)> {
        // Most words end here: up to four digits, then a colon.
        let head = self.bytes[start..].iter().take(5).take_while(|byte| byte.is_ascii_hexdigit()).count();
        if head > 4 || !matches!(self.bytes.get(start + head), Some(b':' | b'[' | b'(' | b'{')) {
            return None;
        }
        let mut at = start;
        let mut colons = 0;
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' => at += 1,
                b':' => {
                    // `fe80://` is no address, and `a:://b` is nothing.
                    if self.bytes[at + 1..].starts_with(b"//") {
                        return None;
                    }
                    colons += 1;
                    at += 1;
                }
                b'.' => at += 1,
                b'[' | b'(' | b'{' => match refang::piece(&self.bytes[at..]) {
                    Some(piece) if piece.means == ":" || piece.means == "." => {
                        colons += usize::from(piece.means == ":");
                        at += piece.len;
                    }
                    _ => break,
                },
                _ => break,
            }
        }
        Some((at, colons))
    }
}

/// Whether colons and digits are more likely an address than a time, a hardware address, a slice or a path in code.
fn is_likely(written: &str) -> bool {
    let has_digit = written.bytes().any(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = written.split(':').collect();
    let is_identifier = groups.len() == 8 && groups.iter().all(|group| group.len() == 2);
    let is_short = written.len() < 6 && written != "::1";
    let is_slice = written.starts_with("::") && groups.len() == 3 && written != "::1";
    has_digit && !is_identifier && !is_short && !is_slice
}

/// The length of a mask that follows: `/24`.
fn mask_length(rest: &[u8]) -> Option<u8> {
    let digits = rest.strip_prefix(b"/")?;
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let ends = !digits.get(count).is_some_and(|byte| is_word(*byte) || *byte == b'/');
    if count == 0 || count > 3 || !ends {
        return None;
    }
    std::str::from_utf8(&digits[..count]).ok()?.parse().ok()
}

/// Whether the mask that follows makes a network of the address: no bit is set behind it.
fn is_network(rest: &[u8], address: Option<Ipv4Addr>) -> bool {
    match (mask_length(rest), address) {
        (Some(length), Some(address)) => is_network_of(&address.to_string(), length),
        _ => false,
    }
}

fn is_network_of(address: &str, length: u8) -> bool {
    let Ok(address) = address.parse() else { return false };
    ipnet::IpNet::new(address, length)
        .is_ok_and(|network| network.network() == address && length < network.max_prefix_len())
}
