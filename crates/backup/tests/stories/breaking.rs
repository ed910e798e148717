//! A backup that is not what was written is refused, and nothing is restored.

use std::path::{Path, PathBuf};

use backup::{Access, Backup, Error, Manifest, Protection};
use databases::Lent;
use store::Db;
use vault::Keyring;

use crate::office::*;

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Nothing is there: no file, or no table.
async fn untouched(target: &Lent, at: &Path, keyring: bool) {
    let standing = store::restore::Target::look(target.url(), now()).await.unwrap().standing();
    assert_eq!(standing, store::restore::Standing::Nothing);
    assert_eq!(at.join("keyring.json").exists(), keyring);
}

databases::on_each_database! {
    async fn whatever_is_changed_cut_or_missing_is_noticed(database: Lent) {
        let office = Office::new(database).await;
        let (to, access) = recipient();
        office.back_up("encrypted", &Protection::Encrypted { to, with_keyring: true }).await.unwrap();
        office.back_up("clear", &Protection::InClear).await.unwrap();
        for (name, apart) in [("encrypted", false), ("clear", true)] {
            let (target, at) = (databases::sqlite(), place());
            if apart {
                std::fs::copy(office.keyring_file(), at.path().join("keyring.json")).unwrap();
            }
            for file in all_files(&office.path(name)) {
                // That of a backup with a key beside it is needed by nobody else.
                let content = std::fs::read(&file).unwrap();
                let mut changed = content.clone();
                let middle = changed.len() / 2;
                changed[middle] ^= 1;
                for spoilt in [Some(changed), Some(content[..content.len() - 1].to_vec()), Some(Vec::new()), None] {
                    match spoilt {
                        Some(spoilt) => std::fs::write(&file, spoilt).unwrap(),
                        None => std::fs::remove_file(&file).unwrap(),
                    }
                    let done = restore(&office.path(name), &access, target.url(), at.path()).await;
                    assert!(done.is_err(), "{} was changed, and nobody noticed", file.display());
                    untouched(&target, at.path(), apart).await;
                    std::fs::write(&file, &content).unwrap();
                }
            }
            restore(&office.path(name), &access, target.url(), at.path()).await.unwrap();
        }
    }

    async fn what_a_link_or_a_pipe_in_the_folder_leads_to_is_not_read(database: Lent) {
        let office = Office::new(database).await;
        let (to, access) = recipient();
        office.back_up("encrypted", &Protection::Encrypted { to, with_keyring: true }).await.unwrap();
        office.back_up("clear", &Protection::InClear).await.unwrap();
        let link = |place: &Path| std::os::unix::fs::symlink(office.path("apart"), place).unwrap();
        let pipe = |place: &Path| {
            let (kind, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR);
            rustix::fs::mknodat(rustix::fs::CWD, place, kind, mode, 0).unwrap();
        };
        let (target, at) = (databases::sqlite(), place());
        std::fs::copy(office.keyring_file(), at.path().join("keyring.json")).unwrap();
        for name in ["encrypted", "clear"] {
            let folder = office.path(name);
            let mut replaced = all_files(&folder);
            replaced.extend(Some(folder.join("tables")).filter(|tables| tables.exists()));
            for place in replaced {
                std::fs::rename(&place, office.path("apart")).unwrap();
                for (put, word) in [(&link as &dyn Fn(&Path), "link"), (&pipe, "")] {
                    put(&place);
                    let error = restore(&folder, &access, target.url(), at.path()).await.unwrap_err();
                    assert!(error.to_string().contains(word), "{}: {error}", place.display());
                    untouched(&target, at.path(), true).await;
                    std::fs::remove_file(&place).unwrap();
                }
                std::fs::rename(office.path("apart"), &place).unwrap();
            }
            Backup::open(&folder, &access).unwrap();
        }
    }

    async fn a_file_of_another_backup_does_not_fit(database: Lent) {
        let office = Office::new(database).await;
        let (to, access) = recipient();
        let protection = Protection::Encrypted { to, with_keyring: true };
        office.back_up("one", &protection).await.unwrap();
        office.back_up("two", &protection).await.unwrap();
        for file in ["manifest.json", "key.age", "keyring.json.age"] {
            let kept = std::fs::read(office.path("one").join(file)).unwrap();
            std::fs::copy(office.path("two").join(file), office.path("one").join(file)).unwrap();
            let (target, at) = (databases::sqlite(), place());
            let done = restore(&office.path("one"), &access, target.url(), at.path()).await;
            assert!(matches!(done, Err(Error::Damaged(_))), "{file}: {done:?}");
            std::fs::write(office.path("one").join(file), kept).unwrap();
        }
    }

    async fn a_manifest_that_was_written_anew_does_not_pass(database: Lent) {
        let office = Office::new(database).await;
        office.back_up("clear", &Protection::InClear).await.unwrap();
        let path = office.path("clear/manifest.json");
        let kept = std::fs::read_to_string(&path).unwrap();
        let at = place();
        std::fs::copy(office.keyring_file(), at.path().join("keyring.json")).unwrap();
        let target = databases::sqlite();
        let schema = store::meta::schema();
        for (from, to, expected) in [
            ("\"oriel\": \"9.8.7\"".to_owned(), "\"oriel\": \"9.9.9\"".to_owned(), "not the one that was sealed"),
            ("\"format\": 2".to_owned(), "\"format\": 3".to_owned(), "newer Oriel"),
            (format!("\"schema\": {schema}"), format!("\"schema\": {}", schema + 1), "newer Oriel"),
            ("\"name\": \"searches\"".to_owned(), "\"name\": \"../searches\"".to_owned(), "tables that no Oriel has"),
            ("\"inside\": false".to_owned(), "\"inside\": true".to_owned(), "in clear"),
            ("\"encrypted_to\": \"none\"".to_owned(), "\"encrypted_to\": \"passphrase\"".to_owned(), "other files"),
        ] {
            assert!(kept.contains(&from), "{from}");
            std::fs::write(&path, kept.replace(&from, &to)).unwrap();
            let error = restore(&office.path("clear"), &Access::default(), target.url(), at.path()).await.unwrap_err();
            assert!(error.to_string().contains(expected), "{to}: {error}");
            untouched(&target, at.path(), true).await;
        }
    }

    async fn rows_that_are_not_those_of_the_manifest_leave_the_database_empty(database: Lent) {
        let office = Office::new(database).await;
        office.back_up("clear", &Protection::InClear).await.unwrap();
        // Whoever has the keyring can seal another manifest: the rows are counted all the same.
        let path = office.path("clear/manifest.json");
        let mut manifest: Manifest = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for table in manifest.tables.iter_mut().filter(|table| table.name == "searches") {
            table.rows += 1;
        }
        office.write_manifest("clear", &manifest);
        for target in databases::each() {
            let at = place();
            std::fs::copy(office.keyring_file(), at.path().join("keyring.json")).unwrap();
            let error = restore(&office.path("clear"), &Access::default(), target.url(), at.path()).await.unwrap_err();
            assert!(error.to_string().contains("rows"), "{error}");
            let db = Db::open(target.url()).await.unwrap();
            assert_eq!(store::people::list(&db).await.unwrap(), []);
            assert_eq!(store::meta::keyring_fingerprint(&db).await.unwrap(), None);
            db.close().await;
        }
    }
}

#[tokio::test]
async fn what_is_no_backup_is_told() {
    let (folder, target, at) = (place(), databases::sqlite(), place());
    let error = restore(folder.path(), &Access::default(), target.url(), at.path()).await.unwrap_err();
    assert!(matches!(&error, Error::NoBackup { .. }) && error.to_string().contains("unfinished"), "{error}");
    std::fs::write(folder.path().join("manifest.json"), "{}").unwrap();
    let error = restore(folder.path(), &Access::default(), target.url(), at.path()).await.unwrap_err();
    assert!(matches!(error, Error::Damaged(_)), "{error}");
    assert!(Keyring::read(&at.path().join("keyring.json")).is_err());
}
