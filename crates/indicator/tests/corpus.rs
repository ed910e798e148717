//! The corpus: what people paste and what stands in texts, one case a line. `corpus/README.md` has the format.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may fail")]

use std::fs;
use std::path::PathBuf;

use indicator::{extract, parse};

/// The cases of every file whose name begins so: (file and line, input, expected, notes).
fn cases(family: &str) -> Vec<(String, String, String, Vec<String>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut cases = Vec::new();
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with(family) {
            continue;
        }
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            if line.starts_with("# ") {
                continue;
            }
            let mut fields = line.split('\t');
            let place = format!("{name}:{}", index + 1);
            let input = unescape(fields.next().unwrap_or_default());
            let expected = fields.next().unwrap_or_else(|| panic!("{place}: no expectation")).to_owned();
            let notes = fields.next().map(|notes| notes.split(" | ").map(str::to_owned).collect()).unwrap_or_default();
            cases.push((place, input, expected, notes));
        }
    }
    assert!(cases.len() > 20, "the corpus of {family} is missing");
    cases
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        rest = after.get(1..).unwrap_or_default();
        match after.chars().next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('u') if after.starts_with("u{") => {
                let (digits, behind) = after[2..].split_once('}').unwrap();
                plain.push(char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap());
                rest = behind;
            }
            _ => plain.push('\\'),
        }
    }
    plain + rest
}

#[test]
fn the_search_box_reads_what_people_paste() {
    let mut wrong = Vec::new();
    for (place, input, expected, notes) in cases("parse-") {
        let (got, got_notes) = match parse(&input) {
            Ok(parsed) => {
                (parsed.indicator.value(), parsed.notes.iter().map(ToString::to_string).collect::<Vec<String>>())
            }
            Err(rejected) => {
                let offer = rejected.offer().map(|offer| format!(" > {offer}")).unwrap_or_default();
                (format!("!{}{offer}", rejected.as_str()), Vec::new())
            }
        };
        let missing: Vec<&String> = notes.iter().filter(|note| !got_notes.contains(note)).collect();
        if got != expected || !missing.is_empty() {
            wrong.push(format!("{place}: {input:?}\n  wanted {expected} {notes:?}\n  got    {got} {got_notes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of the corpus are read otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_text_gives_what_stands_in_it_and_nothing_else() {
    let mut wrong = Vec::new();
    for (place, input, expected, _) in cases("extract-") {
        let found = extract(&input);
        let got: Vec<String> = found.iter().map(|found| found.indicator.value()).collect();
        if got.join(" ") != expected {
            wrong.push(format!("{place}: {input:?}\n  wanted {expected}\n  got    {}", got.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{} of the corpus are found otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rejection_is_a_sentence_that_names_the_input() {
    for (place, input, expected, _) in cases("parse-") {
        let Some(reason) = expected.strip_prefix('!') else { continue };
        let sentence = parse(&input).unwrap_err().to_string();
        assert!(sentence.ends_with('.') && sentence.len() > 20, "{place}: {sentence}");
        assert!(reason.starts_with("empty") || !sentence.contains("pw"), "{place}: a password in {sentence}");
        assert!(!sentence.contains('!') || input.contains('!'), "{place}: {sentence}");
    }
}
