//! What stands before and after a name or an address, and what that says about it.

use super::{endings, is_word, names::Run};
use crate::{flags, refang};

/// Whether a name in plain text may be a domain, by its neighbours: not the local part of a mail address, not a part of a
/// path, not a function, not the key of a pair.
pub(super) fn allows(text: &str, run: &Run) -> bool {
    let bytes = text.as_bytes();
    let after = &bytes[run.end..];
    let is_local_part = after.first() == Some(&b'@')
        || matches!(after.first(), Some(b'[' | b'(' | b'{' | b' ')) && starts_with_at(after);
    let is_call = after.first() == Some(&b'(') && !run.is_defanged;
    let is_key = after.first() == Some(&b'=') && !run.is_defanged && !after.starts_with(b"==");
    if is_local_part || is_call || is_key {
        return false;
    }
    match run.start.checked_sub(1).map(|before| bytes[before]) {
        // `//example.com` has no scheme and is a link all the same.
        Some(b'/') => {
            run.start >= 2
                && bytes[run.start - 2] == b'/'
                && run.start.checked_sub(3).is_none_or(|at| !is_word(bytes[at]))
        }
        Some(b'$' | b'~') => false,
        _ => true,
    }
}

fn starts_with_at(after: &[u8]) -> bool {
    let blanks = usize::from(after.first() == Some(&b' '));
    refang::piece(&after[blanks..]).is_some_and(|piece| piece.means == "@")
}

/// Behind a backslash stands an escape (`\nbad.example` in JSON), the host of a share (`\\files.example`) or a part of a
/// path. Returns the run without the escape; `None` for a path.
pub(super) fn past_escape(text: &str, mut run: Run) -> Option<Run> {
    let bytes = text.as_bytes();
    let backslashes = bytes[..run.start].iter().rev().take_while(|byte| **byte == b'\\').count();
    if backslashes == 0 {
        return Some(run);
    }
    let before = &bytes[..run.start - backslashes];
    let begins = before.last().is_none_or(|byte| {
        byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'=' | b'(' | b',' | b'<' | b'>')
    });
    if backslashes % 2 == 0 {
        return (begins && backslashes <= 4).then_some(run);
    }
    let name = &bytes[run.start..run.end];
    let is_hex = |from: usize, count: usize| {
        name.get(from..from + count).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let escape = match name.first()? {
        b'n' | b'r' | b't' | b'b' | b'f' | b'v' => 1,
        b'u' if is_hex(1, 4) => 5,
        b'x' if is_hex(1, 2) => 3,
        _ => return None,
    };
    if is_in_path(before) {
        return None;
    }
    run.start += escape;
    let rest = text.get(run.start..run.end)?;
    (rest.contains('.') && rest.starts_with(|first: char| first.is_alphanumeric() || first == '_')).then_some(run)
}

/// Whether the word that ends here is a path so far: a drive, or a backslash before something that is no escape.
fn is_in_path(before: &[u8]) -> bool {
    let word = before.iter().rev().take(300).take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'"').count();
    let word = &before[before.len() - word..];
    word.windows(2).any(|pair| {
        pair == b":\\" || pair[0] == b'\\' && !matches!(pair[1], b'n' | b'r' | b't' | b'b' | b'f' | b'u' | b'\\' | b'/')
    })
}

/// Whether numbers are an address rather than a version or the number of a section: by the word before them.
pub(super) fn is_no_version(text: &str, run: &Run) -> bool {
    const WORDS: [&str; 15] = [
        "version", "versions", "ver", "v", "build", "release", "rel", "rev", "revision", "firmware", "section",
        "chapter", "oid", "driver", "clause",
    ];
    let before = &text.as_bytes()[..run.start];
    match before.last() {
        // `Chrome/120.0.0.0`, but `/203.0.113.7:443` as Java writes a socket.
        Some(b'/') => {
            let behind_word =
                before.len() >= 2 && (is_word(before[before.len() - 2]) || before[before.len() - 2] == b')');
            let is_socket = text.as_bytes().get(run.end) == Some(&b':') || follows_host(before);
            return !behind_word || before.ends_with(b"//") || is_socket;
        }
        Some(b'\\' | b'.' | b'$' | b'+') => return false,
        _ => {}
    }
    let word = word_before(before);
    !(WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)) || ends_with_ignoring_case(word, "version"))
}

/// Whether a name with a dot in it stands before the slash that ends `before`: a host's, where Java writes a socket.
fn follows_host(before: &[u8]) -> bool {
    let name = before.iter().rev().skip(1).take(80).take_while(|byte| is_word(**byte) || **byte == b'.').count();
    let name = &before[before.len() - 1 - name..before.len() - 1];
    let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    let last = std::str::from_utf8(last).unwrap_or_default();
    last.len() < name.len() && (endings::is_known(last) || flags::is_special_use(last))
}

/// Whether something near says that a name is a host's: a usual port behind it, or the word before it.
pub(super) fn says_host(text: &str, run: &Run) -> bool {
    const PORTS: [&str; 28] = [
        "21", "22", "25", "53", "80", "110", "143", "389", "443", "445", "465", "587", "636", "853", "993", "995",
        "1080", "3128", "3389", "4443", "5900", "8000", "8008", "8080", "8081", "8443", "8888", "9443",
    ];
    const WORDS: [&str; 16] = [
        "domain",
        "domains",
        "domainname",
        "host",
        "hostname",
        "hosts",
        "fqdn",
        "dns",
        "dnsname",
        "query",
        "qname",
        "sni",
        "server",
        "servername",
        "remoteurl",
        "site",
    ];
    let after = &text.as_bytes()[run.end..];
    if let Some(digits) = after.strip_prefix(b":") {
        let count = digits.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
        if PORTS.iter().any(|port| port.as_bytes() == &digits[..count]) {
            return true;
        }
    }
    let word = word_before(&text.as_bytes()[..run.start]);
    let last = word.rsplit('_').next().unwrap_or(word);
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known) || last.eq_ignore_ascii_case(known))
}

/// The word before a value, over what may stand between: `host: `, `"host":"`, `version (`.
fn word_before(before: &[u8]) -> &str {
    let gap = before
        .iter()
        .rev()
        .take(6)
        .take_while(|byte| matches!(byte, b' ' | b'"' | b'\'' | b':' | b'=' | b'(' | b'\\' | b'\t'))
        .count();
    let end = before.len() - gap;
    if gap == 0 {
        return "";
    }
    let len =
        before[..end].iter().rev().take(40).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    std::str::from_utf8(&before[end - len..end]).unwrap_or_default()
}

fn ends_with_ignoring_case(word: &str, end: &str) -> bool {
    word.len() >= end.len() && word.as_bytes()[word.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
}
