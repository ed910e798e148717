//! Standard output is data, standard error is talk.

use std::io::{self, Write};

/// Writes one line of data.
pub fn line(text: impl AsRef<str>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.as_ref())?;
    out.flush()
}

/// Writes data that brings its own line ends.
pub fn text(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says something to the person at the terminal. That nobody reads it is no reason to stop.
pub fn talk(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
}

/// Whether the reader of our output has gone away.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}

/// Text from outside, fit for a terminal: control characters, also those that turn the direction of writing, become
/// visible, so that no title can colour, move or hide what stands around it.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { visible(c) }).collect()
}

/// The same for a table of data, whose line ends stay: a terminal may be where it is read.
pub fn plain_lines(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\t' | '\n' | '\r') { c } else { visible(c) }).collect()
}

/// The same for JSON, which loses nothing by it: what would steer a terminal is written as an escape.
pub fn plain_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        // Outside its texts JSON has none of these.
        match c {
            c if c.is_control() || deceives(c) => {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
            }
            c => text.push(c),
        }
    }
    text
}

fn visible(c: char) -> char {
    if c.is_control() || deceives(c) { '\u{fffd}' } else { c }
}

/// What turns the direction of writing, ends a line without being a line end, or is there and not seen. The two joiners stay:
/// words of some languages need them.
fn deceives(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{061c}')
        || matches!(c, '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mred\u{7}"), "a\u{fffd}[31mred\u{fffd}");
        assert_eq!(plain("exe\u{202e}gpj\nnext"), "exe\u{fffd}gpj next");
        assert_eq!(plain("пример · bücher"), "пример · bücher");
    }

    #[test]
    fn data_keeps_its_lines_and_json_all_its_letters() {
        assert_eq!(plain_lines("a,\u{9b}31m\r\nb"), "a,\u{fffd}31m\r\nb");
        let title = "a\u{1b}[31m\u{9b}\u{7f}\u{202e}\u{200b}\u{e0041}\u{1f600}ü\n";
        let json = plain_json(&serde_json::to_string(title).unwrap());
        assert!(json.chars().all(|c| !c.is_control() && !deceives(c)), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), title);
    }
}
