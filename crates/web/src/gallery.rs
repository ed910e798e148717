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
            let own = address.starts_with('/')
                || address.starts_with('#')
                || address.starts_with("https://")
                || address.starts_with("mailto:");
            assert!(own, "{name} leads elsewhere: <{tag}>");
        }
    }
}

/// Ids name one element each, what refers to an id finds it, and each field has a label.
pub fn check_ids(name: &str, html: &str) {
    check_fields(name, html);
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

fn check_fields(name: &str, html: &str) {
    let value = |tag: &str, attribute: &str| -> Option<String> {
        tag.split_once(&format!(" {attribute}=\"")).map(|(_, rest)| rest.split('"').next().unwrap().to_owned())
    };
    let is_field = |tag: &&str| ["input ", "select ", "textarea "].iter().any(|kind| tag.starts_with(kind));
    for tag in html.split('<').filter(is_field).map(|rest| rest.split('>').next().unwrap()) {
        if matches!(value(tag, "type").as_deref(), Some("hidden" | "checkbox" | "radio")) {
            continue;
        }
        let id = value(tag, "id").unwrap_or_else(|| panic!("{name}: a field without an id: <{tag}>"));
        assert!(html.contains(&format!(" for=\"{id}\"")) || tag.contains(" aria-label"), "{name}: nothing labels {id}");
        for about in value(tag, "aria-describedby").iter().flat_map(|ids| ids.split_whitespace()) {
            assert!(
                html.contains(&format!(" id=\"{about}\"")),
                "{name}: {id} is described by {about}, which is not there"
            );
        }
    }
}
