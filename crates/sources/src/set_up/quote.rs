//! Text inside a script: as data, whatever it holds.

/// A text as one word of a POSIX shell.
pub(super) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text as a PowerShell string. Typographic quotes end a string there as the plain one does, so all are doubled.
pub(super) fn powershell(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}

/// A text as a literal of an OData filter.
pub(super) fn odata(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text in the cell of a Markdown table: nothing in it draws a line, a link or a tag.
pub(super) fn markdown(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '!') {
            cell.push('\\');
        }
        cell.push(c);
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_ends_no_string() {
        assert_eq!(shell("O'Brien; rm -rf $HOME"), r"'O'\''Brien; rm -rf $HOME'");
        assert_eq!(powershell("O'Brien \u{2019}; $x"), "'O''Brien \u{2019}\u{2019}; $x'");
        assert_eq!(odata("O'Brien"), "'O''Brien'");
        assert_eq!(markdown("a|b [c](d) <e>"), r"a\|b \[c\](d) \<e\>");
    }
}
