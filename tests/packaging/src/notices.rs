//! The licences of the libraries in the binary, in full: theirs ask that they go with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Shipped;

/// How files with a licence or a notice are called.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// Every text once, with the crates that it is for. A crate that brings none is listed with the licence that it names.
pub fn notices(shipped: &Shipped) -> String {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut bare = Vec::new();
    for package in shipped.others.iter().filter(|package| package.source.is_some()) {
        let name = format!("{} {}", package.name, package.version);
        let found = package.manifest_path.parent().map(|folder| read(folder.as_std_path())).unwrap_or_default();
        if found.is_empty() {
            bare.push(format!("{name}: {}", package.license.as_deref().unwrap_or("not said")));
        }
        for text in found {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    let mut said = "Oriel's binary holds these libraries of others, under these licences.\n".to_owned();
    let mut texts: Vec<(Vec<String>, String)> = texts.into_iter().map(|(text, names)| (names, text)).collect();
    texts.sort();
    for (names, text) in texts {
        let line = "=".repeat(100);
        let _ = write!(said, "\n{line}\n{}\n{line}\n\n{text}\n", names.join("\n"));
    }
    if !bare.is_empty() {
        let _ = write!(said, "\nWithout a text of their own:\n\n{}\n", bare.join("\n"));
    }
    said
}

/// The texts that lie beside a manifest, in the order of their names.
fn read(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().to_uppercase();
            entry.path().is_file() && NAMES.iter().any(|known| name.starts_with(known))
        })
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let texts = files.iter().filter_map(|file| std::fs::read(file).ok());
    texts.map(|text| String::from_utf8_lossy(&text).replace("\r\n", "\n").trim_end().to_owned()).collect()
}
