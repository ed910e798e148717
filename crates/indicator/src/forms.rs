//! Things that people paste which are neither a domain nor an address, recognised by their form.

use crate::Domain;

/// What a hash of this many hexadecimal digits is called.
pub(crate) fn hash(text: &str) -> Option<&'static str> {
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    match text.len() {
        32 => Some("an MD5 hash"),
        40 => Some("a SHA-1 hash"),
        64 => Some("a SHA-256 hash"),
        96 => Some("a SHA-384 hash"),
        128 => Some("a SHA-512 hash"),
        _ => None,
    }
}

/// Identifiers that have a form of their own.
pub(crate) fn identifier(text: &str) -> Option<&'static str> {
    let text = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    if is_grouped(text, '-', &[8, 4, 4, 4, 12]) {
        return Some("an identifier (GUID)");
    }
    if is_grouped(text, '-', &[2; 6]) || is_grouped(text, ':', &[2; 6]) || is_grouped(text, '.', &[4; 3]) {
        return Some("a hardware (MAC) address");
    }
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("cve-") && lower[4..].bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Some("the number of a vulnerability");
    }
    if lower.starts_with("s-1-") && lower[4..].bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Some("a security identifier (SID)");
    }
    if lower.len() > 2 && lower.starts_with("as") && lower[2..].bytes().all(|byte| byte.is_ascii_digit()) {
        return Some("the number of an autonomous system");
    }
    None
}

fn is_grouped(text: &str, separator: char, sizes: &[usize]) -> bool {
    let groups: Vec<&str> = text.split(separator).collect();
    groups.len() == sizes.len()
        && groups
            .iter()
            .zip(sizes)
            .all(|(group, size)| group.len() == *size && group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `C:\Windows\x`, `/usr/bin/x`, `file:///x`, `%TEMP%\x`.
pub(crate) fn is_path(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_drive =
        bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/');
    let is_rooted = bytes.len() > 1 && bytes[0] == b'/' && bytes[1] != b'/';
    has_drive || is_rooted || text.starts_with('%') && text.contains("%\\") || text.starts_with("file:///")
}

/// Whether a name ends as files do, under no top-level domain: `cmd.exe`, `invoice.pdf`.
pub(crate) fn is_file(domain: &Domain) -> bool {
    !domain.has_known_suffix() && is_file_ending(domain.top())
}

/// Ends of file names that are no top-level domain and that people may paste into a search box.
fn is_file_ending(ending: &str) -> bool {
    const ENDINGS: [&str; 62] = [
        "7z", "apk", "asp", "aspx", "bak", "bat", "bin", "cfg", "cmd", "conf", "cpl", "csv", "dat", "db", "dll", "dmg",
        "doc", "docm", "docx", "dotm", "eml", "exe", "gif", "gz", "hta", "htm", "html", "img", "ini", "iso", "jar",
        "jpeg", "jpg", "js", "jse", "json", "lnk", "log", "msg", "msi", "one", "pdf", "php", "png", "ppt", "pptm",
        "pptx", "ps1", "psm1", "rar", "rtf", "scr", "sys", "tar", "tmp", "txt", "vbe", "vbs", "wsf", "xls", "xlsm",
        "xlsx",
    ];
    ENDINGS.binary_search(&ending).is_ok() || matches!(ending, "xml" | "yaml" | "yml" | "log" | "tgz" | "vhd" | "vhdx")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_known_by_their_form() {
        assert_eq!(hash("44d88612fea8a8f36de82e1278abb02f"), Some("an MD5 hash"));
        assert_eq!(hash("beef"), None);
        assert_eq!(identifier("11111111-2222-3333-4444-555555555555"), Some("an identifier (GUID)"));
        assert_eq!(identifier("00-53-00-aa-bb-cc"), Some("a hardware (MAC) address"));
        assert_eq!(identifier("CVE-2026-12345"), Some("the number of a vulnerability"));
        assert_eq!(identifier("AS64496"), Some("the number of an autonomous system"));
        assert_eq!(identifier("assets"), None);
        assert_eq!(identifier("as"), None);
    }

    #[test]
    fn every_listed_file_ending_is_found() {
        for ending in ["7z", "exe", "pdf", "xlsx", "one", "tar", "yml"] {
            assert!(is_file_ending(ending), "{ending}");
        }
        assert!(!is_file_ending("com"));
    }
}
