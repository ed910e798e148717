//! Turning keys while others use them.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

use super::*;
use crate::Place;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    (folder, path)
}

fn place() -> Place {
    Place { table: "connections".into(), row: "1".into(), column: "secret_sealed".into() }
}

fn secret() -> SecretString {
    SecretString::from("hunter2")
}

#[test]
fn an_open_keyring_opens_what_a_new_key_sealed_and_seals_with_it() {
    let (_folder, path) = folder();
    let running = Keyring::create(&path).unwrap();
    let before = running.fingerprint();
    let sealed_before = running.seal(&secret(), &place()).unwrap();

    let turned = Change::begin(&path).unwrap().add_key().unwrap();
    assert_ne!(turned.fingerprint(), before);
    assert_eq!(turned.fingerprints(), [turned.fingerprint(), before.clone()]);
    assert_eq!(turned.sealer(&sealed_before), Some(before));
    let sealed = turned.seal(&secret(), &place()).unwrap();
    assert_eq!(running.open(&sealed, &place()).unwrap().expose_secret(), "hunter2");
    let sealed = running.seal(&secret(), &place()).unwrap();
    assert_eq!(turned.sealer(&sealed), Some(turned.fingerprint()), "it seals with the new key");
    assert!(running.open(&sealed_before, &place()).is_ok());
}

#[test]
fn one_that_slept_through_it_does_not_seal_with_a_key_that_was_taken_off() {
    let (_folder, path) = folder();
    let asleep = Keyring::create(&path).unwrap();
    let change = Change::begin(&path).unwrap();
    change.add_key().unwrap();
    change.keep(&[]).unwrap();
    change.add_key().unwrap();
    let last = change.keep(&[]).unwrap();
    assert_eq!(last.fingerprints().len(), 1);
    let sealed = asleep.seal(&secret(), &place()).unwrap();
    assert_eq!(last.sealer(&sealed), Some(last.fingerprint()));
    assert!(last.open(&sealed, &place()).is_ok());
}

#[test]
fn a_key_that_still_seals_something_stays_on_and_the_sealing_one_always() {
    let (_folder, path) = folder();
    let first = Keyring::create(&path).unwrap().fingerprint();
    let change = Change::begin(&path).unwrap();
    let second = change.add_key().unwrap().fingerprint();
    let third = change.add_key().unwrap().fingerprint();
    assert_eq!(change.keep(std::slice::from_ref(&first)).unwrap().fingerprints(), [third.clone(), first]);
    let left = change.keep(&[]).unwrap();
    assert_eq!(left.fingerprints(), [third]);
    assert!(!left.holds(&second));
}

#[test]
fn a_key_that_was_taken_off_can_be_put_back() {
    let (_folder, path) = folder();
    let old = Keyring::create(&path).unwrap();
    let sealed = old.seal(&secret(), &place()).unwrap();
    let change = Change::begin(&path).unwrap();
    let both = change.add_key().unwrap();
    let left = change.keep(&[]).unwrap();
    assert!(matches!(left.open(&sealed, &place()), Err(Error::UnknownKey { .. })));
    let again = change.put_back(&both).unwrap();
    assert_eq!(again.fingerprints(), both.fingerprints());
    assert!(left.open(&sealed, &place()).is_ok(), "whoever has the keyring open finds the key again");
}

#[test]
fn another_keyring_in_the_place_of_the_file_is_not_taken_over() {
    let (_folder, path) = folder();
    let (_other, other) = folder();
    let running = Keyring::create(&path).unwrap();
    let before = running.fingerprint();
    Keyring::create(&other).unwrap();
    std::fs::rename(&other, &path).unwrap();
    let sealed = running.seal(&secret(), &place()).unwrap();
    assert_eq!(running.sealer(&sealed), Some(before.clone()));
    std::fs::write(&path, "nothing of the kind").unwrap();
    assert!(running.seal(&secret(), &place()).is_ok());
    std::fs::remove_file(&path).unwrap();
    assert!(running.seal(&secret(), &place()).is_ok(), "a file that is away for a moment");
    assert_eq!(running.fingerprint(), before);
}

#[test]
fn only_one_changes_a_keyring_at_a_time() {
    let (_folder, path) = folder();
    Keyring::create(&path).unwrap();
    let change = Change::begin(&path).unwrap();
    assert!(matches!(Change::begin(&path), Err(Error::Locked { .. })));
    drop(change);
    assert!(Change::begin(&path).is_ok());
}

#[test]
fn those_who_read_while_keys_are_turned_always_find_a_whole_keyring() {
    let (_folder, path) = folder();
    let running = Keyring::create(&path).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    while !done.load(std::sync::atomic::Ordering::Relaxed) {
                        let read = Keyring::read(&path).unwrap();
                        let sealed = running.seal(&secret(), &place()).unwrap();
                        assert!(!read.fingerprints().is_empty() && running.open(&sealed, &place()).is_ok());
                    }
                })
            })
            .collect();
        let change = Change::begin(&path).unwrap();
        // None is taken off: the others seal and open with a turn in between.
        for _ in 0..50 {
            change.add_key().unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    });
}

#[cfg(unix)]
#[test]
fn rights_and_links_stay_and_nothing_is_left_beside_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = folder();
    let elsewhere = folder.path().join("elsewhere.json");
    Keyring::create(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    std::fs::set_permissions(&elsewhere, std::fs::Permissions::from_mode(0o640)).unwrap();
    let turned = Change::begin(&path).unwrap().add_key().unwrap();
    assert!(std::fs::symlink_metadata(&path).unwrap().is_symlink(), "the link stays");
    assert_eq!(std::fs::metadata(&elsewhere).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(Keyring::read(&elsewhere).unwrap().fingerprints(), turned.fingerprints());
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["elsewhere.json", "keyring.json", "keyring.json.lock"]);
}

#[test]
fn a_keyring_goes_into_a_backup_and_comes_out_of_it() {
    let (folder, path) = folder();
    let made = Keyring::create(&path).unwrap();
    let sealed = made.seal(&secret(), &place()).unwrap();
    let change = Change::begin(&path).unwrap();
    let both = change.add_key().unwrap();
    let left = change.keep(&[]).unwrap();
    let read = Keyring::from_content(&left.joined(&made).content().unwrap(), &path).unwrap();
    assert_eq!(read.fingerprints(), both.fingerprints());
    assert!(read.open(&sealed, &place()).is_ok());
    let copy = folder.path().join("copy.json");
    read.write_to(&copy).unwrap();
    assert!(matches!(read.write_to(&copy), Err(Error::Exists { .. })));
    assert_eq!(Keyring::read(&copy).unwrap().fingerprints(), both.fingerprints());
}
