//! Our column lists against those that were collected from Microsoft's pages.

use serde_json::Value as Json;

use crate::{others::checks, rows::Surface};

#[test]
fn columns_are_those_of_the_documentation() {
    let Some(folder) = checks() else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("schemas.json")).unwrap();
    let documented: Json = serde_json::from_str(&text).unwrap();
    for surface in Surface::ALL {
        for schema in surface.schemas() {
            // Hunting shows an onboarded workspace's tables with the workspace's columns.
            let listed = &documented[surface.name()][schema.name];
            let listed = if listed.is_null() { &documented["workspace"][schema.name] } else { listed };
            let listed = listed.as_object().unwrap_or_else(|| panic!("{} is documented", schema.name));
            let ours: Vec<_> = schema.columns.iter().map(|(name, kind)| (*name, kind.name())).collect();
            assert_eq!(ours.len(), listed.len(), "{}", schema.name);
            for (name, kind) in ours {
                assert_eq!(listed[name].as_str(), Some(kind), "{}.{name}", schema.name);
            }
        }
    }
}
