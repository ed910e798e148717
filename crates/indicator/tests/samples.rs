//! Real records of Microsoft's interfaces, where they are at hand: the folder is named by `ORIEL_SAMPLES`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may fail")]

use std::fs;
use std::path::{Path, PathBuf};

use indicator::{extract, parse};

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

#[test]
fn every_text_of_the_samples_is_read() {
    let Some(folder) = std::env::var_os("ORIEL_SAMPLES") else {
        println!("skipped: ORIEL_SAMPLES is not set");
        return;
    };
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    assert!(!paths.is_empty(), "there are no samples in {}", folder.display());
    let mut total = 0;
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for found in extract(&text) {
            assert!(text.get(found.start..found.end).is_some(), "{}: not between characters", path.display());
            let value = found.indicator.value();
            let read = parse(&value).unwrap_or_else(|rejected| panic!("{}: {value}: {rejected}", path.display()));
            assert_eq!(read.indicator, found.indicator, "{}", path.display());
            total += 1;
            if std::env::var_os("ORIEL_SAMPLES_LIST").is_some() {
                println!("{}\t{:?}\t{value}\t{}", path.display(), found.form, &text[found.start..found.end]);
            }
        }
        // Each quoted text by itself, as a reader of a typed field would hand it over.
        for value in text.split('"') {
            let _ = parse(value);
        }
    }
    assert!(total > 0, "no indicator in all the samples");
    println!("{total} indicators");
}
