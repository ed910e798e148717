//! Every case of file and fingerprint.

use rstest::rstest;

use super::*;

#[rstest]
#[case(false, false, Decision::Make)]
#[case(true, false, Decision::Open)]
#[case(true, true, Decision::Open)]
#[case(false, true, Decision::Refuse)]
fn a_new_keyring_is_made_only_where_nothing_was_ever_sealed(
    #[case] file_is_there: bool,
    #[case] database_knows_one: bool,
    #[case] expected: Decision,
) {
    assert_eq!(decide(file_is_there, database_knows_one), expected);
}

#[test]
fn the_first_start_makes_one_and_the_next_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    let made = settle(&path, None).unwrap();
    let opened = settle(&path, Some(&made.fingerprint())).unwrap();
    assert_eq!(made.fingerprint(), opened.fingerprint());
    assert_eq!(settle(&path, None).unwrap().fingerprint(), made.fingerprint());
}

#[test]
fn a_missing_keyring_is_an_error_and_none_is_made_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    assert!(matches!(settle(&path, Some("0123")), Err(Error::Missing { .. })));
    assert!(!path.exists());
}

#[test]
fn another_keyring_is_an_error_that_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    let made = settle(&path, None).unwrap();
    let error = settle(&path, Some("0123")).expect_err("another keyring");
    assert!(matches!(error, Error::Other { .. }), "{error:?}");
    assert!(error.to_string().contains("0123") && error.to_string().contains(&made.fingerprint()), "{error}");
}

#[test]
fn several_that_start_at_once_end_up_with_the_same_keyring() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    let fingerprints: Vec<String> = std::thread::scope(|scope| {
        let starting: Vec<_> = (0..8).map(|_| scope.spawn(|| settle(&path, None).unwrap().fingerprint())).collect();
        starting.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(fingerprints.iter().all(|fingerprint| *fingerprint == fingerprints[0]), "{fingerprints:?}");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_and_not_taken_for_a_missing_keyring() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not-there").join("keyring.json");
    let error = settle(&path, None).expect_err("no folder");
    assert!(matches!(error, Error::File { doing: "written", .. }), "{error:?}");
}
