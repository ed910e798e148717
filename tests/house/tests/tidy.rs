//! How files look: what rustfmt and clippy do not keep.

#![expect(clippy::expect_used, clippy::panic, reason = "a rule that does not hold stops its test")]

use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A file longer than this says in its first paragraph why: "Long because …".
const LONG: usize = 400;

/// Words that make a drawer of a crate or module.
const DRAWERS: [&str; 8] = ["core", "common", "util", "utils", "shared", "types", "helpers", "misc"];

fn files(extension: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder can be read").flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() && name != "target" && name != ".git" {
                walk(&path, extension, found);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["crates", "tests", "scripts", "docs", "benches"] {
        let folder = Path::new(ROOT).join(folder);
        if folder.is_dir() {
            walk(&folder, extension, &mut found);
        }
    }
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_long_file_says_why() {
    for path in files("rs") {
        let text = read(&path);
        let lines = text.lines().count();
        let first_paragraph: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(
            lines <= LONG || first_paragraph.contains("Long because"),
            "{}: {lines} lines; split it, or say in its first paragraph “Long because …”",
            path.display()
        );
    }
}

#[test]
fn no_crate_or_module_is_a_drawer() {
    for path in files("rs") {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        assert!(!DRAWERS.contains(&stem), "{}: name it for what it does", path.display());
        assert!(stem != "mod", "{}: `thing.rs` beside `thing/`", path.display());
    }
}

#[test]
fn every_source_file_says_what_it_is() {
    // `thing/tests.rs` is what it says: the tests of `thing`.
    for path in files("rs").into_iter().filter(|path| !path.ends_with("tests.rs")) {
        let text = read(&path);
        assert!(text.starts_with("//!"), "{}: begins with no sentence on what it is", path.display());
    }
}

#[test]
fn nothing_is_left_over() {
    // Put together here, so that this file does not hold the words itself.
    let words = ["TO".to_owned() + "DO", "FIX".to_owned() + "ME", "X".repeat(3) + " "];
    for path in files("rs").into_iter().chain(files("html")).chain(files("css")).chain(files("js")) {
        for (number, line) in read(&path).lines().enumerate() {
            for word in &words {
                assert!(!line.contains(word.as_str()), "{}:{}: {line}", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn vendored_files_are_what_their_record_says() {
    let folder = Path::new(ROOT).join("tests/browser/vendor");
    let record = read(&folder.join("VENDOR.md"));
    for entry in std::fs::read_dir(&folder).expect("the folder can be read").flatten() {
        let name = entry.file_name().into_string().expect("a plain name");
        if name.ends_with(".js") {
            let bytes = std::fs::read(entry.path()).expect("the file can be read");
            let hash: String = digest(&SHA256, &bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(record.contains(&hash), "{name} is not the file that VENDOR.md records");
        }
    }
}
