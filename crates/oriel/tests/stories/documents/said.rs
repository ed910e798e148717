//! What the program says to type: in its help, its messages and on its pages.

use std::path::{Path, PathBuf};

use super::{ROOT, Typed, mentioned, ours};

/// Every command in the sources and templates of every crate, but for tests.
pub fn everything() -> Vec<Typed> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(Path::new(ROOT).join("crates")).unwrap() {
        let of_crate = entry.unwrap().path();
        for folder in ["src", "templates"].map(|name| of_crate.join(name)).into_iter().filter(|folder| folder.is_dir())
        {
            walk(&folder, &mut files);
        }
    }
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(Path::new(ROOT).join("crates")).unwrap().display().to_string();
        found.extend(if name.ends_with(".rs") { by(&text, &name) } else { on(&text, &name) });
    }
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ends_with = |end: &str| path.extension().is_some_and(|extension| extension == end);
        if path.is_dir() {
            walk(&path, found);
        } else if ends_with("html")
            || ends_with("rs") && !path.ends_with("tests.rs") && !path.iter().any(|at| at == "tests")
        {
            found.push(path);
        }
    }
}

/// The commands on a page.
pub fn on(template: &str, place: &str) -> Vec<Typed> {
    let marked = template.replace("<code>", "`").replace("</code>", "`").replace("{{ ", "{").replace(" }}", "}");
    marked.lines().flat_map(|line| mentioned(line, place)).collect()
}

/// The commands in the texts and the documentation of a source.
pub fn by(source: &str, place: &str) -> Vec<Typed> {
    let mut found = Vec::new();
    for text in texts(source) {
        for line in text.lines() {
            // An indented line that begins with one is to be typed as it is.
            let typed = line.trim_start_matches(' ').starts_with("oriel ") && line.starts_with(' ');
            let typed = typed.then(|| ours(line)).flatten();
            found.extend(typed.map(|words| Typed { place: place.to_owned(), words, whole: true }));
            found.extend(mentioned(line, place));
        }
    }
    found
}

/// String literals without their escapes, and paragraphs of documentation.
fn texts(source: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '\'', '/', 'r']) {
        let (before, from) = rest.split_at(at);
        rest = &from[1..];
        if let Some(comment) = from.strip_prefix("//") {
            let end = comment.find('\n').unwrap_or(comment.len());
            texts.extend(comment.strip_prefix('/').map(|_| comment[1..end].to_owned()));
            rest = &comment[end..];
        } else if from.starts_with('"') {
            let (text, after) = literal(rest);
            // Bytes are not said to anybody.
            texts.extend(Some(text).filter(|_| !before.ends_with('b')));
            rest = after;
        } else if let Some(letter) = rest.strip_prefix('\\').filter(|_| from.starts_with('\'')) {
            // '\n', '\'' and '\u{2026}'.
            rest = letter.get(1..).and_then(|rest| rest.split_once('\'')).map_or("", |(_, after)| after);
        } else if from.starts_with('\'') {
            // A letter, or else a lifetime.
            let mut letters = rest.chars();
            letters.next();
            rest = letters.as_str().strip_prefix('\'').unwrap_or(rest);
        } else if !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            let hashes = rest.len() - rest.trim_start_matches('#').len();
            let end = format!("\"{}", "#".repeat(hashes));
            if from.starts_with('r')
                && let Some((text, after)) = rest[hashes..].strip_prefix('"').and_then(|raw| raw.split_once(&end))
            {
                texts.push(text.to_owned());
                rest = after;
            }
        }
    }
    texts
}

/// A string literal from behind its first quote, and what follows it.
fn literal(from: &str) -> (String, &str) {
    let (mut text, mut letters) = (String::new(), from.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => match letters.next() {
                Some('n') => text.push('\n'),
                Some('\n') => letters = letters.as_str().trim_start().chars(),
                Some(other) => text.push(other),
                None => break,
            },
            other => text.push(other),
        }
    }
    (text, letters.as_str())
}
