//! Names that are known by the way they are written: mail addresses, folders of users, `DOMAIN\user`.

use super::Piece;
use crate::mask::names::Names;

/// Endings of files: `System32\cmd.exe` names nobody.
const FILES: &[&str] = &[
    "bat", "cmd", "dat", "dll", "doc", "docm", "docx", "exe", "hta", "htm", "html", "ini", "iso", "jar", "js", "json",
    "lnk", "log", "msi", "pdf", "ps1", "py", "rar", "reg", "scr", "sh", "sys", "tmp", "txt", "vbs", "xls", "xlsm",
    "xlsx", "xml", "zip",
];

/// What stands before a backslash and is no domain of accounts, folded.
const NO_DOMAINS: &[&str] = &["apppool", "builtin", "hkcr", "hkcu", "hklm", "hku", "manager", "service"];

/// Folders beside those of people.
const FOLDERS: &[&str] = &["all users", "default", "default user", "public", "shared"];

impl Names<'_> {
    /// `anna.berg@northwind.example`: whole, but for a domain that is what was searched.
    pub(super) fn mailboxes(&self, text: &str) -> Vec<Piece> {
        let local = |letter: char| letter.is_alphanumeric() || "._%+-'#".contains(letter);
        let host = |letter: char| letter.is_alphanumeric() || ".-[]".contains(letter);
        let (mut pieces, mut open) = (Vec::new(), 0);
        for (at, _) in text.match_indices('@') {
            if at < open {
                continue;
            }
            let before = &text[open..at];
            let begin = before.char_indices().rev().take_while(|(_, letter)| local(*letter)).last();
            let Some(begin) = begin.map(|(begin, _)| open + begin) else { continue };
            let begin =
                begin + (at - begin - text[begin..at].trim_start_matches(['.', '-', '\'', '#', '+', '%']).len());
            let after = &text[at + 1..];
            let end = after.find(|letter| !host(letter)).map_or(text.len(), |end| at + 1 + end);
            let domain = text[at + 1..end].trim_end_matches(['.', '-', '[', ']']);
            if begin == at || domain.is_empty() {
                continue;
            }
            let Some(stand_in) = self.written(&text[begin..at]) else { continue };
            pieces.push(Piece::Open(text[open..begin].to_owned()));
            pieces.push(Piece::Done(stand_in));
            if self.keeps(domain) {
                pieces.push(Piece::Done(format!("@{domain}")));
            }
            open = at + 1 + domain.len();
        }
        pieces.push(Piece::Open(text[open..].to_owned()));
        pieces
    }

    /// `C:\Users\anna.berg\…`, `/home/anna.berg/…`: the folder.
    pub(super) fn folders(&self, text: &str) -> Vec<Piece> {
        let lower = text.to_ascii_lowercase();
        let (mut pieces, mut open, mut from) = (Vec::new(), 0, 0);
        while let Some((begin, slash)) = next_folder(&lower, from) {
            from = begin;
            let rest = &text[begin..];
            let end = match rest.find(['\\', '/', '"', '\n', '|', '<', '>']) {
                Some(end) if rest[end..].starts_with(slash) => end,
                stop => {
                    let rest = &rest[..stop.unwrap_or(rest.len())];
                    rest.find(|letter: char| letter.is_whitespace() || ",;'".contains(letter)).unwrap_or(rest.len())
                }
            };
            let name = &rest[..end];
            if FOLDERS.binary_search(&name.to_ascii_lowercase().as_str()).is_ok() {
                continue;
            }
            let Some(stand_in) = self.written(name) else { continue };
            pieces.push(Piece::Open(text[open..begin].to_owned()));
            pieces.push(Piece::Done(stand_in));
            (open, from) = (begin + end, begin + end);
        }
        pieces.push(Piece::Open(text[open..].to_owned()));
        pieces
    }

    /// `NORTHWIND\anna.berg`: whole.
    pub(super) fn logons(&self, text: &str) -> Vec<Piece> {
        // In a text that is JSON, one backslash begins an escape, and two are one.
        let (slash, other) =
            if text.trim_start().starts_with(['{', '[']) { ("\\\\", "\\\\\\") } else { ("\\", "\\\\") };
        let part = |letter: char| letter.is_alphanumeric() || "._-$".contains(letter);
        let (mut pieces, mut open) = (Vec::new(), 0);
        for (at, _) in text.match_indices(slash) {
            let after = at + slash.len();
            if at < open || text[at..].starts_with(other) {
                continue;
            }
            let begin = text[open..at].char_indices().rev().take_while(|(_, letter)| part(*letter)).last();
            let Some(begin) = begin.map(|(begin, _)| open + begin) else { continue };
            let in_path = text[..begin].ends_with(['\\', '/', ':', '%']);
            let rest = &text[after..];
            let length = rest.find(|letter| !part(letter)).unwrap_or(rest.len());
            let user = rest[..length].trim_end_matches(['.', '-']);
            let goes_on = rest[length..].starts_with(['\\', '/']);
            let domain = text[begin..at].to_ascii_lowercase();
            let is_file = user
                .rsplit_once('.')
                .is_some_and(|(_, end)| FILES.binary_search(&end.to_ascii_lowercase().as_str()).is_ok());
            if in_path || goes_on || is_file || user.is_empty() || is_no_domain(&domain) {
                continue;
            }
            let Some(stand_in) = self.written(user) else { continue };
            pieces.push(Piece::Open(text[open..begin].to_owned()));
            pieces.push(Piece::Done(stand_in));
            open = after + user.len();
        }
        pieces.push(Piece::Open(text[open..].to_owned()));
        pieces
    }
}

fn is_no_domain(domain: &str) -> bool {
    NO_DOMAINS.binary_search(&domain).is_ok() || domain.starts_with("hkey_")
}

/// Where the next folder of a user begins, and what ends its name.
fn next_folder(lower: &str, from: usize) -> Option<(usize, char)> {
    let windows = lower[from..].find("\\users\\").map(|at| (from + at + "\\users\\".len(), '\\'));
    let unix = ["/home/", "/users/"].iter().filter_map(|folder| {
        let begins = lower[from..].match_indices(folder).map(|(at, _)| from + at);
        // In a link these are parts of a path that mean nothing.
        let absolute = |at: &usize| {
            lower[..*at].chars().next_back().is_none_or(|letter| letter.is_whitespace() || "\"'(=:".contains(letter))
        };
        begins.into_iter().find(absolute).map(|at| (at + folder.len(), '/'))
    });
    let mut next = windows.into_iter().chain(unix).min()?;
    while lower[next.0..].starts_with('\\') {
        next.0 += 1;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_for_the_binary_search() {
        for list in [FILES, NO_DOMAINS, FOLDERS] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
