//! Sealing, opening, and the file.

use std::path::PathBuf;

use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::*;

const SECRET: &str = "hunter2~with-ümlaut";

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    (folder, path)
}

fn place(row: &str) -> Place {
    Place { table: "connections".into(), row: row.into(), column: "secret_sealed".into() }
}

#[test]
fn a_secret_opens_in_its_place_also_after_a_restart() {
    let (_folder, path) = folder();
    let sealed = Keyring::create(&path).unwrap().seal(&SECRET.into(), &place("1")).unwrap();
    let again = Keyring::read(&path).unwrap();
    assert_eq!(again.open(&sealed, &place("1")).unwrap().expose_secret(), SECRET);
}

#[test]
fn a_secret_does_not_open_in_another_row_table_or_column() {
    let (_folder, path) = folder();
    let keyring = Keyring::create(&path).unwrap();
    let sealed = keyring.seal(&SECRET.into(), &place("1")).unwrap();
    let elsewhere =
        [place("2"), Place { table: "other".into(), ..place("1") }, Place { column: "other".into(), ..place("1") }];
    for place in elsewhere {
        assert!(matches!(keyring.open(&sealed, &place), Err(Error::DoesNotOpen)), "{place:?}");
    }
}

#[test]
fn a_secret_that_was_changed_anywhere_does_not_open() {
    let (_folder, path) = folder();
    let keyring = Keyring::create(&path).unwrap();
    let sealed = keyring.seal(&SECRET.into(), &place("1")).unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        let opened = keyring.open(&changed, &place("1"));
        // In the key's id, it names a key that is not there.
        let expected = matches!(opened, Err(Error::DoesNotOpen)) != matches!(opened, Err(Error::UnknownKey { .. }));
        assert!(expected && (1..9).contains(&at) == matches!(opened, Err(Error::UnknownKey { .. })), "byte {at}");
    }
    for length in 0..sealed.len() {
        assert!(keyring.open(&sealed[..length], &place("1")).is_err(), "cut to {length} bytes");
    }
}

#[test]
fn what_is_sealed_does_not_show_the_secret_and_never_looks_the_same() {
    let (_folder, path) = folder();
    let keyring = Keyring::create(&path).unwrap();
    let (first, second) =
        (keyring.seal(&SECRET.into(), &place("1")).unwrap(), keyring.seal(&SECRET.into(), &place("1")).unwrap());
    assert_ne!(first, second);
    assert_eq!(first.len(), 1 + 8 + 24 + SECRET.len() + 16);
    assert!(!first.windows(7).any(|bytes| bytes == &SECRET.as_bytes()[..7]));
}

#[test]
fn an_empty_secret_and_a_long_one_come_back() {
    let (_folder, path) = folder();
    let keyring = Keyring::create(&path).unwrap();
    for secret in [String::new(), "x".repeat(100_000)] {
        let sealed = keyring.seal(&secret.as_str().into(), &place("1")).unwrap();
        assert_eq!(keyring.open(&sealed, &place("1")).unwrap().expose_secret(), secret);
    }
}

#[test]
fn every_key_opens_what_it_sealed_and_the_first_one_seals() {
    let (_folder, path) = folder();
    let (other_folder, other_path) = folder();
    let old = Keyring::create(&path).unwrap();
    let sealed = old.seal(&SECRET.into(), &place("1")).unwrap();
    let new = Keyring::create(&other_path).unwrap();
    assert!(matches!(new.open(&sealed, &place("1")), Err(Error::UnknownKey { .. })));

    let keys = |path: &PathBuf| -> Vec<serde_json::Value> {
        let content: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        content["keys"].as_array().unwrap().clone()
    };
    let both = [keys(&other_path), keys(&path)].concat();
    let both_path = other_folder.path().join("both.json");
    std::fs::write(&both_path, serde_json::json!({ "version": 1, "keys": both }).to_string()).unwrap();
    let both = Keyring::read(&both_path).unwrap();
    assert_eq!(both.open(&sealed, &place("1")).unwrap().expose_secret(), SECRET);
    assert_eq!(both.fingerprint(), new.fingerprint());
    assert!(both.holds(&old.fingerprint()) && both.holds(&new.fingerprint()));
    let sealed = both.seal(&SECRET.into(), &place("1")).unwrap();
    assert!(new.open(&sealed, &place("1")).is_ok() && old.open(&sealed, &place("1")).is_err());
}

#[test]
fn a_fingerprint_stays_the_same_and_differs_from_others() {
    let (_folder, path) = folder();
    let (_other, other) = folder();
    let made = Keyring::create(&path).unwrap();
    assert_eq!(made.fingerprint(), Keyring::read(&path).unwrap().fingerprint());
    assert_eq!(made.fingerprint().len(), 32);
    assert_ne!(made.fingerprint(), Keyring::create(&other).unwrap().fingerprint());
}

#[test]
fn a_file_that_is_there_is_never_overwritten() {
    let (folder, path) = folder();
    std::fs::write(&path, "something").unwrap();
    assert!(matches!(Keyring::create(&path), Err(Error::Exists { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "something");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone_and_one_that_is_not_is_noticed() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = folder();
    Keyring::create(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    assert_eq!(file::open_to_others(&path), None);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(file::open_to_others(&path), Some(0o640));
    assert!(Keyring::read(&path).is_ok());
}

#[test]
fn a_file_that_is_no_keyring_is_refused_without_its_content_in_the_message() {
    let short = serde_json::json!({ "version": 1, "keys": ["c2VjcmV0LWtleQ=="] }).to_string();
    for (content, reason) in [
        ("", "line 1"),
        ("{\"version\": 1, \"keys\": [\"topsecret", "line 1"),
        ("{\"version\": 1, \"keys\": [], \"topsecret\": 1}", "line 1"),
        ("{\"version\": 1, \"keys\": []}", "no key"),
        ("{\"version\": 2, \"keys\": [\"topsecret\"]}", "the form 2"),
        ("{\"version\": 1, \"keys\": [\"topsecret\"]}", "key 1"),
        (short.as_str(), "key 1"),
        ("SQLite format 3", "line 1"),
    ] {
        let (_folder, path) = folder();
        std::fs::write(&path, content).unwrap();
        let error = Keyring::read(&path).expect_err(content);
        assert!(matches!(error, Error::Malformed { .. }), "{content}: {error:?}");
        let message = error.to_string();
        assert!(message.contains(reason) && !message.contains("topsecret"), "{content}: {message}");
    }
}

#[test]
fn neither_debug_nor_an_error_shows_a_key() {
    let (_folder, path) = folder();
    let keyring = Keyring::create(&path).unwrap();
    let content: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let key = content["keys"][0].as_str().unwrap();
    let shown = format!("{keyring:?} {:?}", keyring.open(b"", &place("1")));
    assert!(shown.contains(&keyring.fingerprint()) && !shown.contains(key), "{shown}");
}
