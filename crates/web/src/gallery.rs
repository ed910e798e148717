//! Pages kept as files, for looking at, and what holds for every page.

use std::path::Path;

/// Writes a page so that it can be opened as a file.
pub fn keep(name: &str, html: &str) {
    let Some(folder) = std::env::var_os("ORIEL_GALLERY") else { return };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets")).unwrap() {
        let file = file.unwrap();
        let name = file.file_name();
        let address = crate::assets::url(name.to_str().unwrap());
        std::fs::copy(file.path(), folder.join(address.trim_start_matches('/'))).unwrap();
    }
    std::fs::write(folder.join(format!("{name}.html")), html.replace("\"/assets/", "\"assets/")).unwrap();
}

/// What no page may have: the policy forbids it, and a page that needs it is broken. Text from outside may hold anything,
/// as text: neither it nor an attribute's value holds a bracket of its own, so what stands between two is a tag.
pub fn check_policy(name: &str, html: &str) {
    for tag in html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
        let names = tag.split('"').step_by(2).collect::<Vec<_>>().join(" ");
        for forbidden in [" style=", " on", " srcdoc="] {
            assert!(!names.contains(forbidden), "{name} holds{forbidden}: <{tag}>");
        }
        assert!(!tag.starts_with("style"), "{name} has a style sheet of its own");
        assert!(!tag.starts_with("script") || tag.contains("src=\"/assets/"), "{name} has an inline script");
        for address in tag.split("href=\"").skip(1) {
            let own = address.starts_with('/') || address.starts_with('#') || address.starts_with("https://");
            assert!(own, "{name} leads elsewhere: <{tag}>");
        }
    }
}

/// Ids name one element each, and what refers to an id finds it.
pub fn check_ids(name: &str, html: &str) {
    let after = |attribute: &str| -> Vec<String> {
        html.match_indices(attribute)
            .map(|(at, _)| html[at + attribute.len()..].split('"').next().unwrap_or_default().to_owned())
            .collect()
    };
    let mut ids = after(" id=\"");
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "{name}: an id stands twice");
    for reference in after(" aria-labelledby=\"").into_iter().chain(after("<use href=\"#")) {
        assert!(ids.contains(&reference), "{name}: nothing has the id {reference}");
    }
}
