//! Whether a text did harm.

use crate::MARK;

/// What in a page is more than text, if anything is: a tag that a hostile text opened, or an attribute that it added.
///
/// Reads the page as a browser's tokenizer does, as far as needed: a tag begins at `<` and a letter, `/` or `!`; an attribute's
/// value may stand in quotes. Text that is escaped holds no `<`, and a value that is escaped no quote of its own.
pub fn breaks_out_of_html(page: &str) -> Option<String> {
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!') {
            continue;
        }
        let (tag, behind) = tag(rest);
        let harmful = tag.name.contains(MARK)
            || tag.attributes.iter().any(|(name, value)| {
                name.contains(MARK) || name.starts_with("on") || name == "srcdoc" || leads_astray(name, value)
            });
        if harmful {
            return Some(rest[..rest.len() - behind.len()].to_owned());
        }
        let is_script = tag.name == "script" && !rest.starts_with('/');
        rest = behind;
        // What stands in a script is no markup. Ours have no text; one that has is a stranger's, or tells a stranger's text.
        if is_script {
            let script = rest.find("</script").map_or(rest, |end| &rest[..end]);
            if !script.trim().is_empty() {
                return Some(script.to_owned());
            }
        }
    }
    None
}

/// A link that leads to a stranger, or runs.
fn leads_astray(name: &str, value: &str) -> bool {
    let leads = matches!(name, "href" | "src" | "action" | "formaction" | "data" | "poster" | "http-equiv");
    let value: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let value = value.to_ascii_lowercase();
    leads && (value.starts_with("javascript:") || value.starts_with("data:") || value.starts_with("//"))
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

/// Reads a tag from behind its `<`; answers with it and with what stands behind its `>`.
fn tag(text: &str) -> (Tag, &str) {
    let ends = |c: char| c.is_ascii_whitespace() || c == '>' || c == '/';
    let end = text[1..].find(ends).map_or(text.len(), |at| at + 1);
    let name = text[..end].trim_start_matches('/').to_ascii_lowercase();
    let (mut rest, mut attributes) = (&text[end..], Vec::new());
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (Tag { name, attributes }, rest);
        }
        if let Some(behind) = rest.strip_prefix('>') {
            return (Tag { name, attributes }, behind);
        }
        let end = rest[1..].find(|c: char| ends(c) || c == '=').map_or(rest.len(), |at| at + 1);
        let attribute = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(behind) = rest.strip_prefix('=') else {
            attributes.push((attribute, String::new()));
            continue;
        };
        let behind = behind.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let (value, left) = match behind.chars().next() {
            Some(quote @ ('"' | '\'')) => behind[1..].split_once(quote).unwrap_or((&behind[1..], "")),
            _ => behind.split_at(behind.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(behind.len())),
        };
        attributes.push((attribute, value.to_owned()));
        rest = left;
    }
}

/// The first character that would steer a terminal, turn the direction of writing or hide itself. Line ends and tabs may stand.
pub fn steers_a_terminal(text: &str) -> Option<char> {
    text.chars().find(|c| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
            || matches!(c, '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    })
}

/// The lines of a table (RFC 4180), each with its cells as a spreadsheet reads them.
pub fn lines_of_a_table(csv: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut letters) = (false, csv.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            '\r' if !quoted && letters.peek() == Some(&'\n') => {}
            letter => cell.push(letter),
        }
    }
    if !cell.is_empty() || !line.is_empty() {
        line.push(cell);
        lines.push(line);
    }
    lines
}

/// The first cell of a table that a spreadsheet would take for a formula.
pub fn begins_a_formula(csv: &str) -> Option<String> {
    lines_of_a_table(csv).into_iter().flatten().find(|cell| is_formula(cell))
}

fn is_formula(cell: &str) -> bool {
    let letter = cell.trim_start_matches([' ', '\u{feff}', '\u{200b}']).chars().next();
    matches!(letter, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PAYLOADS;

    fn escaped(text: &str) -> String {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&#39;")
    }

    #[test]
    fn what_is_escaped_does_no_harm_and_most_of_what_is_not_does() {
        let page = |text: &str| format!("<p>{text}</p><input value=\"{text}\"><a href=\"/x\" title='{text}'>x</a>");
        let mut harmful = 0;
        for payload in PAYLOADS {
            assert_eq!(breaks_out_of_html(&page(&escaped(payload.text))), None, "{payload:?}");
            harmful += usize::from(breaks_out_of_html(&page(payload.text)).is_some());
        }
        assert!(harmful >= 18, "{harmful}");
    }

    #[test]
    fn a_link_that_runs_is_seen() {
        for bad in ["javascript:x", " java\nscript:x", "data:text/html,x", "//zqxj.example"] {
            assert!(breaks_out_of_html(&format!("<a href=\"{bad}\">x</a>")).is_some(), "{bad}");
        }
        assert_eq!(breaks_out_of_html("<a href=\"/search?q=javascript%3Ax\">javascript:x</a> 1 < 2"), None);
        assert!(breaks_out_of_html("<script>var q = 1</script>").is_some());
        assert_eq!(breaks_out_of_html("<script src=\"/assets/app.js\"></script>"), None);
    }

    #[test]
    fn a_formula_is_seen_wherever_a_cell_begins() {
        assert_eq!(begins_a_formula("a,b\r\n\"=1\",c\r\n"), Some("=1".to_owned()));
        assert_eq!(begins_a_formula("a,\"b\"\"\n=1\",'=2\r\n"), None);
        assert_eq!(begins_a_formula("a,-1"), Some("-1".to_owned()));
        assert_eq!(lines_of_a_table("a,\"b,\r\nc\"\r\n,d"), [["a", "b,\r\nc"], ["", "d"]]);
    }

    #[test]
    fn what_steers_a_terminal_is_seen() {
        assert_eq!(steers_a_terminal("a\u{1b}[31m"), Some('\u{1b}'));
        assert_eq!(steers_a_terminal("a\u{202e}b"), Some('\u{202e}'));
        assert_eq!(steers_a_terminal("a\tb\r\nпример"), None);
    }
}
