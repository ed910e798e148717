//! The bill of materials and the notices: complete, well made, and silent on the machine that made them.

#![expect(clippy::expect_used, reason = "what cannot be read stops its test")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use packaging::{Shipped, bill, notices};
use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const TARGET: &str = "x86_64-unknown-linux-gnu";

fn shipped() -> Shipped {
    Shipped::read(Path::new(ROOT), TARGET).expect("the workspace can be read")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Another way to the same: what `cargo tree` says is in the binary.
fn by_cargo_tree() -> BTreeSet<(String, String)> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "-p", "oriel", "-e", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(["--target", TARGET, "--manifest-path"])
        .arg(Path::new(ROOT).join("Cargo.toml"))
        .output()
        .expect("cargo tree answers");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let lines = String::from_utf8(tree.stdout).expect("text");
    let crates = lines.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some((words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned()))
    });
    crates.collect()
}

#[test]
fn every_crate_of_the_binary_is_in_the_bill_with_licence_and_checksum() {
    let bill = bill(&shipped(), Timestamp::UNIX_EPOCH);
    let components = bill["components"].as_array().expect("a list");
    let listed: BTreeSet<(String, String)> =
        components.iter().map(|one| (text(&one["name"]), text(&one["version"]))).collect();
    assert_eq!(listed.len(), components.len(), "something is listed twice");
    for shipped in by_cargo_tree().iter().filter(|(name, _)| name != "oriel") {
        assert!(listed.contains(shipped), "{shipped:?} ships and is not in the bill");
    }
    assert!(listed.iter().any(|(name, _)| name == "sqlite"), "the SQLite inside");
    for tool in ["insta", "thirtyfour", "proptest", "rstest", "harness"] {
        assert!(!listed.iter().any(|(name, _)| name == tool), "{tool} is for tests");
    }
    for one in components {
        assert!(!one["licenses"].as_array().expect("a list").is_empty(), "{one}");
        if text(&one["purl"]).starts_with("pkg:cargo/") {
            let hash = text(&one["hashes"][0]["content"]);
            assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
        }
    }
}

#[test]
fn the_bill_is_well_made_and_the_same_each_time() {
    let made: Timestamp = "2026-11-25T10:00:00Z".parse().expect("a time");
    let bill = bill(&shipped(), made);
    assert_eq!(
        (text(&bill["bomFormat"]), text(&bill["specVersion"]), bill["version"].as_i64()),
        ("CycloneDX".into(), "1.5".into(), Some(1))
    );
    assert_eq!(bill["metadata"]["timestamp"], "2026-11-25T10:00:00Z");
    let serial = text(&bill["serialNumber"]);
    assert!(serial.starts_with("urn:uuid:") && serial.len() == 45, "{serial}");
    let root = text(&bill["metadata"]["component"]["bom-ref"]);
    let mut known: BTreeSet<String> =
        bill["components"].as_array().expect("a list").iter().map(|one| text(&one["bom-ref"])).collect();
    assert!(known.insert(root.clone()), "the program is no library of itself");
    let dependencies = bill["dependencies"].as_array().expect("a list");
    for dependency in dependencies {
        assert!(known.contains(&text(&dependency["ref"])), "{dependency}");
        for used in dependency["dependsOn"].as_array().expect("a list") {
            assert!(known.contains(&text(used)), "{used} of {dependency}");
        }
    }
    assert!(dependencies.iter().any(|dependency| text(&dependency["ref"]) == root));
    assert_eq!(packaging::bill(&shipped(), made), bill);
}

#[test]
fn the_papers_say_nothing_of_the_machine() {
    let shipped = shipped();
    let home = std::env::var("HOME").unwrap_or_else(|_| "/root".to_owned());
    let root = Path::new(ROOT).canonicalize().expect("the workspace is there").display().to_string();
    for paper in [bill(&shipped, Timestamp::UNIX_EPOCH).to_string(), notices(&shipped)] {
        for place in [root.as_str(), &format!("{home}/.cargo"), "file://", "path+"] {
            assert!(!paper.contains(place), "{place} is in it");
        }
    }
}

#[test]
fn every_library_of_others_is_in_the_notices() {
    let shipped = shipped();
    let notices = notices(&shipped);
    let lines: BTreeSet<&str> = notices.lines().collect();
    for (name, version) in shipped.of_others() {
        let plain = format!("{name} {version}");
        let bare = lines.iter().any(|line| line.starts_with(&format!("{plain}: ")));
        assert!(lines.contains(plain.as_str()) || bare, "{plain}");
    }
    assert!(notices.contains("Permission is hereby granted, free of charge"), "no text of a licence");
}
