//! `docs/security.md` says where each thing is kept: the files and tests that it names exist, and its table is whole.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "this is a test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn document() -> String {
    std::fs::read_to_string(root().join("docs/security.md")).expect("docs/security.md is there")
}

/// What stands in backquotes, one line at a time.
fn quoted(document: &str) -> Vec<String> {
    let lines = document.lines().filter(|line| !line.starts_with("```"));
    lines.flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for function in text.split("fn ").skip(1) {
                let name = function.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
                found.extend(name.map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_file_that_is_named_exists() {
    let folders = ["crates/", "tests/", "docs/", "packaging/"];
    let files: Vec<String> =
        quoted(&document()).into_iter().filter(|text| folders.iter().any(|folder| text.starts_with(folder))).collect();
    assert!(files.len() > 80, "{}", files.len());
    for file in files {
        assert!(root().join(&file).exists(), "{file} is named and does not exist");
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let mut known = BTreeSet::new();
    functions(&root().join("crates"), &mut known);
    functions(&root().join("tests"), &mut known);
    let is_a_test = |text: &String| {
        text.matches('_').count() >= 3
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let tests: Vec<String> = quoted(&document()).into_iter().filter(is_a_test).collect();
    assert!(tests.len() > 60, "{}", tests.len());
    for test in tests {
        assert!(known.contains(&test), "{test} is named and does not exist");
    }
}

#[test]
fn each_requirement_stands_once_with_a_state_and_a_place() {
    let document = document();
    let rows: Vec<Vec<&str>> = document
        .lines()
        .filter(|line| line.starts_with("| V"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    // So many has ASVS 5.0.0 of levels 1 and 2.
    assert_eq!(rows.len(), 253);
    let ids: BTreeSet<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(ids.len(), rows.len(), "one stands twice");
    for row in &rows {
        assert_eq!(row.len(), 4, "{row:?}");
        assert!(["met", "partly", "open", "not applicable"].contains(&row[2]), "{row:?}");
        assert!(!row[1].is_empty() && !row[3].is_empty(), "{row:?}");
    }
    for state in ["met", "partly", "open", "not applicable"] {
        let count = rows.iter().filter(|row| row[2] == state).count();
        assert!(document.contains(&format!("{count} {state}")), "the count of “{state}” is {count}");
    }
}
