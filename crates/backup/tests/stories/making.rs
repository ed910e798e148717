//! What a backup is made of, and what is not in it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use backup::{Error, Lock, Protection};
use store::audit::Actor;

use crate::office::*;

/// Every file below a folder, with its rights and content.
fn files(folder: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        if entry.path().is_dir() {
            found.insert(format!("{name}/"), (mode, Vec::new()));
            found.extend(files(&entry.path()).into_iter().map(|(file, content)| (format!("{name}/{file}"), content)));
        } else {
            found.insert(name, (mode, std::fs::read(entry.path()).unwrap()));
        }
    }
    found
}

/// Whether bytes are anywhere in the files.
fn holds(files: &BTreeMap<String, (u32, Vec<u8>)>, needle: &[u8]) -> bool {
    files.values().any(|(_, content)| content.windows(needle.len()).any(|bytes| bytes == needle))
}

databases::on_each_database! {
    async fn an_encrypted_backup_shows_nothing_and_one_in_clear_has_no_key(database: Lent) {
        let office = Office::new(database).await;
        let content: serde_json::Value = serde_json::from_slice(&std::fs::read(office.keyring_file()).unwrap()).unwrap();
        let key = content["keys"][0].as_str().unwrap().as_bytes().to_vec();
        let (to, _) = recipient();
        office.back_up("encrypted", &Protection::Encrypted { to, with_keyring: true }).await.unwrap();
        let (to, _) = recipient();
        office.back_up("apart", &Protection::Encrypted { to, with_keyring: false }).await.unwrap();
        office.back_up("clear", &Protection::InClear).await.unwrap();
        for name in ["encrypted", "apart", "clear"] {
            let folder = office.path(name);
            assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
            let files = files(&folder);
            for (file, (mode, _)) in &files {
                assert_eq!(*mode, if file.ends_with('/') { 0o700 } else { 0o600 }, "{name}/{file}");
            }
            assert!(!holds(&files, &key) && !holds(&files, SECRET.as_bytes()), "{name} gives a secret away");
            assert_eq!(files.contains_key("keyring.json.age"), name == "encrypted");
            assert!(!files.contains_key("keyring.json"), "{name}");
            assert_eq!(holds(&files, b"one.example"), name == "clear", "{name}");
            assert_eq!(holds(&files, b"Contoso"), name == "clear", "{name}");
            assert!(files.keys().all(|file| !file.contains("unfinished")), "{files:?}");
        }
        let beside: Vec<_> = std::fs::read_dir(office.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside.len(), 4, "nothing else is left: {beside:?}");
        if let Some(folder) = office.database.folder() {
            let left = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            assert!(left.into_iter().all(|name| !name.contains("backup")));
        }
    }

    async fn the_manifest_tells_what_sha256sum_tells_and_the_audit_that_it_was_made(database: Lent) {
        let office = Office::new(database).await;
        let made = office.back_up("backup", &Protection::InClear).await.unwrap();
        let text = std::fs::read(office.path("backup/manifest.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(manifest["oriel"], "9.8.7");
        assert_eq!(manifest["schema"], store::meta::schema());
        assert_eq!(manifest["keyring"]["fingerprint"], office.keyring.fingerprint());
        for file in &made.manifest.files {
            let content = std::fs::read(office.path("backup").join(&file.name)).unwrap();
            assert_eq!(content.len() as u64, file.bytes);
            let digest = ring::digest::digest(&ring::digest::SHA256, &content);
            assert_eq!(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>(), file.sha256);
        }
        let audit = dump(&office.db).await.remove("audit").unwrap();
        assert!(audit.iter().any(|entry| entry.contains("backup.made")), "{audit:?}");
    }

    async fn a_folder_with_something_in_it_is_left_alone(database: Lent) {
        let office = Office::new(database).await;
        std::fs::create_dir(office.path("used")).unwrap();
        std::fs::write(office.path("used/notes"), "mine").unwrap();
        let error = office.back_up("used", &Protection::InClear).await.unwrap_err();
        assert!(matches!(error, Error::NotEmpty { .. }), "{error}");
        assert_eq!(files(&office.path("used")).len(), 1);
        std::fs::create_dir(office.path("empty")).unwrap();
        office.back_up("empty", &Protection::InClear).await.unwrap();
        assert!(office.path("empty/manifest.json").is_file());
        let error = office.back_up("not/there", &Protection::InClear).await.unwrap_err();
        assert!(matches!(error, Error::File { doing: "made", .. }), "{error}");
    }

    async fn what_does_not_open_is_told_and_the_rest_is_backed_up(database: Lent) {
        let office = Office::new(database).await;
        let sealed = store::sealed::list(&office.db).await.unwrap();
        let mut spoilt = sealed[0].sealed.clone();
        spoilt[40] ^= 1;
        assert!(store::sealed::reseal(&office.db, &sealed[0], &spoilt).await.unwrap());
        let made = office.back_up("backup", &Protection::InClear).await.unwrap();
        assert_eq!((made.opens, made.lost.len()), (1, 1));
        assert!(made.lost[0].starts_with("connections/"), "{:?}", made.lost);
        std::fs::rename(office.keyring_file(), office.path("kept")).unwrap();
        vault::Keyring::create(&office.keyring_file()).unwrap();
        let error = office.back_up("other", &Protection::InClear).await.unwrap_err();
        assert!(matches!(error, Error::Vault(vault::Error::Other { .. })), "{error}");
        assert!(!office.path("other").exists());
    }
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_made() {
    let office = Office::new(databases::sqlite()).await;
    office.db.close().await;
    let (to, _) = recipient();
    let source = backup::make::Source {
        db: &office.db,
        keyring_file: &office.keyring_file(),
        protection: &Protection::Encrypted { to, with_keyring: true },
        oriel: "9.8.7",
        by: &Actor::oriel(),
        now: now(),
    };
    assert!(backup::make(&office.path("backup"), &source).await.is_err());
    let left: Vec<_> =
        std::fs::read_dir(office.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["keyring.json"], "nothing is left of it");
    assert!(backup::recipient("age1nonsense").is_err());
    assert!(matches!(Lock::passphrase("elevenchars".into()), Err(Error::ShortPassphrase)));
}
