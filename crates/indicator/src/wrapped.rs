//! Links that a mail filter has wrapped: the link inside is what was sent.
//!
//! Only forms whose inside can be read without asking anybody are here; where the filter keeps the target on its server
//! (Mimecast, for one), the wrapper's own host is what there is.

/// Who wrapped a link, and what is inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unwrapped {
    pub by: &'static str,
    pub inside: String,
}

/// Filters that put the link, percent-encoded, into one parameter of the query.
const BY_PARAMETER: [(&str, &str, &str); 8] = [
    ("safelinks.protection.outlook.com", "url", "Safe Links"),
    ("safelinks.protection.office365.us", "url", "Safe Links"),
    ("safelinks.protection.partner.outlook.cn", "url", "Safe Links"),
    ("statics.teams.cdn.office.net", "url", "Safe Links"),
    ("linkprotect.cudasvc.com", "a", "Barracuda"),
    ("clicktime.symantec.com", "u", "Symantec Click-time"),
    ("protect2.fireeye.com", "u", "Trellix"),
    ("urldefense.proofpoint.com", "u", "Proofpoint URL Defense"),
];

/// Whether links of this host (canonical) may be wrapped ones.
pub(crate) fn is_wrapper(host: &str) -> bool {
    host == "urldefense.com" || host == "urldefense.us" || by_parameter(host).is_some()
}

fn by_parameter(host: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    BY_PARAMETER
        .iter()
        .find(|(end, _, _)| host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// The link inside. `after_host` is the rest of the link, from the first slash on.
pub(crate) fn unwrap(host: &str, after_host: &str) -> Option<Unwrapped> {
    if after_host.starts_with("/v3/") {
        let inside = proofpoint_v3(after_host)?;
        return is_wrapper(host).then_some(Unwrapped { by: "Proofpoint URL Defense", inside });
    }
    let (_, parameter, by) = by_parameter(host)?;
    let query = after_host.split_once('?')?.1;
    // A link that was copied out of HTML has `&amp;` between its parameters.
    let query = query.replace("&amp;", "&");
    let value = query.split(['&', '#']).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.eq_ignore_ascii_case(parameter).then_some(value)
    })?;
    let inside = if after_host.starts_with("/v2/") {
        decoded(&value.replace('-', "%").replace('_', "/"))
    } else {
        decoded(value)
    };
    (!inside.is_empty()).then_some(Unwrapped { by, inside })
}

/// `/v3/__https://bad.example/x__;KioqKw!!…`: the link stands in clear between `__` and `__;`; a `*` in it stands for
/// the next of the characters that follow in base64, `**X` for a run of them.
fn proofpoint_v3(after_host: &str) -> Option<String> {
    let (link, rest) = after_host.strip_prefix("/v3/__")?.split_once("__;")?;
    let replaced = base64(rest.split('!').next().unwrap_or_default());
    let replaced = String::from_utf8(replaced).unwrap_or_default();
    let mut characters = replaced.chars();
    let mut inside = String::with_capacity(link.len());
    let mut written = link.chars().peekable();
    while let Some(character) = written.next() {
        if character != '*' {
            inside.push(character);
            continue;
        }
        let run = if written.next_if_eq(&'*').is_some() { written.next().map_or(1, run_length) } else { 1 };
        inside.extend(characters.by_ref().take(run));
    }
    // The filter writes one slash where it met two.
    if let Some((scheme, rest)) = inside.split_once(":/")
        && !rest.starts_with('/')
    {
        inside = format!("{scheme}://{rest}");
    }
    Some(inside)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// `A` is a run of two, `B` of three, and so on through the digits of base64.
fn run_length(digit: char) -> usize {
    DIGITS.iter().position(|known| char::from(*known) == digit).map_or(1, |index| index + 2)
}

/// Base64 in the alphabet for links, leniently: what is no digit ends it.
fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.bytes() {
        let byte = match byte {
            b'+' => b'-',
            b'/' => b'_',
            other => other,
        };
        let Some(value) = DIGITS.iter().position(|digit| *digit == byte) else { break };
        bits = (bits << 6) | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

/// Percent-decoding; what is no valid escape stays, and bytes that are no UTF-8 are replaced.
pub(crate) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| hex(bytes.get(at + 1), bytes.get(at + 2))).flatten();
        plain.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn hex(high: Option<&u8>, low: Option<&u8>) -> Option<u8> {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, after_host: &str, inside: &str) {
        assert_eq!(unwrap(host, after_host).map(|unwrapped| unwrapped.inside).as_deref(), Some(inside));
    }

    #[test]
    fn the_link_inside_is_read() {
        check(
            "nam02.safelinks.protection.outlook.com",
            "/?url=https%3A%2F%2Fbad.example.com%2Fp&amp;data=x",
            "https://bad.example.com/p",
        );
        check(
            "urldefense.proofpoint.com",
            "/v2/url?u=https-3A__bad.example.org_x-3Fa-3D1&d=x",
            "https://bad.example.org/x?a=1",
        );
        check("urldefense.proofpoint.com", "/v1/url?u=http%3A//bad.example.org/&k=x", "http://bad.example.org/");
        check("urldefense.com", "/v3/__https://bad.example.org/x__;!!abc$", "https://bad.example.org/x");
        check("urldefense.com", "/v3/__https:/bad.example.org/x__;!!abc$", "https://bad.example.org/x");
        check("linkprotect.cudasvc.com", "/url?a=https%3a%2f%2fbad.example%2f&c=E", "https://bad.example/");
    }

    #[test]
    fn characters_that_the_filter_took_out_are_put_back() {
        // "w7w" is ü, "Kys" is ++.
        check("urldefense.com", "/v3/__https://b*cher.example/__;w7w!!abc$", "https://b\u{fc}cher.example/");
        check("urldefense.com", "/v3/__https://bad.example/a**Ab__;Kys!!abc$", "https://bad.example/a++b");
    }

    #[test]
    fn a_link_of_another_host_is_not_unwrapped() {
        assert_eq!(unwrap("example.com", "/?url=https%3A%2F%2Fbad.example"), None);
        assert_eq!(unwrap("notsafelinks.protection.outlook.com.example", "/?url=x"), None);
        assert_eq!(unwrap("example.com", "/v3/__https://bad.example/__;!!"), None);
    }
}
