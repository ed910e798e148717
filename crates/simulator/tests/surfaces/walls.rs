//! The simulator is a second reading of Microsoft's documents, so it uses nothing of ours.

#[test]
fn the_simulator_depends_on_no_crate_of_ours() {
    let manifest: toml::Table = toml::from_str(include_str!("../../Cargo.toml")).unwrap();
    let workspace: toml::Table = toml::from_str(include_str!("../../../../Cargo.toml")).unwrap();
    let known = workspace["workspace"]["dependencies"].as_table().unwrap();
    let ours: Vec<_> =
        known.iter().filter(|(_, entry)| entry.get("path").is_some()).map(|(name, _)| name.as_str()).collect();
    assert!(ours.contains(&"microsoft"));
    for section in ["dependencies", "dev-dependencies"] {
        for name in manifest[section].as_table().unwrap().keys() {
            assert!(!ours.contains(&name.as_str()), "{section}: {name}");
        }
    }
}
