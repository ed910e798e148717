//! What was backed up goes back as it was.

use backup::{Access, Backup, Error, Form, Guard, Lock, Protection};
use databases::Lent;
use store::restore::Target;
use store::{Db, Error as StoreError, meta};
use vault::Keyring;

use crate::office::*;

fn encrypted(to: Lock) -> Protection {
    Protection::Encrypted { to, with_keyring: true }
}

/// A fresh database of each engine.
fn targets() -> Vec<Lent> {
    databases::each()
}

databases::on_each_database! {
    async fn everything_is_as_it_was_on_either_engine(database: Lent) {
        let office = Office::new(database).await;
        let (lock, access) = recipient();
        let before = dump(&office.db).await;
        assert!(!before["sessions"].is_empty() && before["jobs"][0].contains("an instance"));
        let made = office.back_up("backup", &encrypted(lock)).await.unwrap();
        let form = if office.database.is_postgres() { Form::Rows } else { Form::Sqlite };
        assert_eq!((made.manifest.form, made.manifest.encrypted_to, made.opens), (form, Guard::Recipients, 2));
        assert_eq!((made.manifest.rows("people"), made.manifest.rows("searches")), (1, 2));
        for target in targets() {
            let at = place();
            let restored = restore(&office.path("backup"), &access, target.url(), at.path()).await.unwrap();
            assert!(restored.keyring_written && restored.lost.is_empty() && restored.opened == 2, "{restored:?}");
            let db = Db::open(target.url()).await.unwrap();
            let mut after = dump(&db).await;
            assert_eq!(after["sessions"], Vec::<String>::new(), "whoever was signed in then signs in again");
            assert!(!after["jobs"][0].contains("an instance"), "nobody of then holds a lease");
            let newest = after.get_mut("audit").unwrap().pop().unwrap();
            assert!(newest.contains("restore.done") && newest.contains("restorer"), "{newest}");
            assert_eq!(after["audit"], before["audit"]);
            for (table, rows) in before.iter().filter(|(table, _)| !CHANGED.contains(&table.as_str())) {
                assert_eq!(after[table], *rows, "{table}");
            }
            assert_eq!(chain(&db).await, before["audit"].len() as i64 + 1);
            assert_eq!(everything_opens(&db, at.path()).await, 2);
            let known = meta::keyring_fingerprint(&db).await.unwrap().unwrap();
            assert!(vault::settle(&at.path().join("keyring.json"), Some(&known)).is_ok());
            office.connect("goes on").await;
        }
    }

    async fn the_manifest_notes_the_end_of_the_audit_for_whoever_has_the_keyring(database: Lent) {
        let office = Office::new(database).await;
        let (number, hash) = store::audit::head(&office.db).await.unwrap();
        office.back_up("encrypted", &encrypted(recipient().0)).await.unwrap();
        let end = backup::audit_end(&office.path("encrypted"), &office.keyring).unwrap().unwrap();
        assert_eq!((end.number, &end.hash), (number, &hash));
        let holds = store::audit::verify::chain(&office.db, Some((end.number, end.hash.clone()))).await.unwrap();
        assert!(holds.is_ok(), "{holds:?}");
        // Whoever has written the audit anew cannot write this anew.
        let path = office.path("encrypted/manifest.json");
        let kept = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, kept.replace(&end.hash, &"0".repeat(64))).unwrap();
        let error = backup::audit_end(&office.path("encrypted"), &office.keyring).unwrap_err();
        assert!(matches!(error, Error::Damaged(_)), "{error}");
        std::fs::write(&path, kept).unwrap();
        let other = Keyring::create(&office.path("other.json")).unwrap();
        let error = backup::audit_end(&office.path("encrypted"), &other).unwrap_err();
        assert!(matches!(error, Error::Vault(vault::Error::UnknownKey { .. })), "{error}");
    }

    async fn a_backup_of_the_first_form_goes_back_as_well(database: Lent) {
        let office = Office::new(database).await;
        let mut manifest = office.back_up("clear", &Protection::InClear).await.unwrap().manifest;
        (manifest.format, manifest.audit) = (1, None);
        office.write_manifest("clear", &manifest);
        let (target, at) = (databases::sqlite(), place());
        std::fs::copy(office.keyring_file(), at.path().join("keyring.json")).unwrap();
        restore(&office.path("clear"), &Access::default(), target.url(), at.path()).await.unwrap();
        assert_eq!(backup::audit_end(&office.path("clear"), &office.keyring).unwrap(), None);
    }

    async fn a_passphrase_opens_it_and_another_does_not(database: Lent) {
        let office = Office::new(database).await;
        let lock = Lock::passphrase(PASSPHRASE.into()).unwrap();
        office.back_up("backup", &encrypted(lock)).await.unwrap();
        let (target, at) = (databases::sqlite(), place());
        let try_with = async |access| restore(&office.path("backup"), &access, target.url(), at.path()).await;
        let error = try_with(passphrase("another battery staple")).await.unwrap_err();
        assert!(matches!(error, Error::DoesNotOpen(_)), "{error}");
        let error = try_with(recipient().1).await.unwrap_err();
        assert!(matches!(error, Error::Encrypted { option: "--passphrase-file", .. }), "{error}");
        assert_eq!(std::fs::read_dir(at.path()).unwrap().count(), 0);
        assert!(!target.folder().unwrap().join("oriel.sqlite").exists());
        try_with(passphrase(PASSPHRASE)).await.unwrap();
        assert!(Lock::passphrase("short".into()).is_err());
    }

    async fn without_the_keyring_it_goes_back_only_to_where_that_is(database: Lent) {
        let office = Office::new(database).await;
        let made = office.back_up("backup", &Protection::InClear).await.unwrap();
        assert!(!made.manifest.keyring.inside);
        let access = passphrase("not needed");
        let (target, at) = (databases::sqlite(), place());
        let file = at.path().join("keyring.json");
        let go = async || restore(&office.path("backup"), &access, target.url(), at.path()).await;
        let error = go().await.unwrap_err();
        assert!(matches!(&error, Error::KeyringApart { .. }) && error.to_string().contains(&office.keyring.fingerprint()), "{error}");
        let other = Keyring::create(&file).unwrap().fingerprint();
        let error = go().await.unwrap_err();
        assert!(matches!(error, Error::OtherKeyring { .. }), "{error}");
        assert_eq!(Keyring::read(&file).unwrap().fingerprint(), other, "it is not touched");
        assert!(!target.folder().unwrap().join("oriel.sqlite").exists());
        // The keyring that was kept apart may have been turned since.
        std::fs::copy(office.keyring_file(), &file).unwrap();
        vault::Change::begin(&file).unwrap().add_key().unwrap();
        let restored = go().await.unwrap();
        assert!(!restored.keyring_written);
        assert_eq!(everything_opens(&Db::open(target.url()).await.unwrap(), at.path()).await, 2);
    }

    async fn it_goes_only_where_nothing_is(database: Lent) {
        let office = Office::new(database).await;
        let (lock, access) = recipient();
        office.back_up("backup", &encrypted(lock)).await.unwrap();
        for target in targets() {
            let used = Office::new(target).await;
            let before = dump(&used.db).await;
            let at = place();
            let error = restore(&office.path("backup"), &access, used.database.url(), at.path()).await.unwrap_err();
            assert!(matches!(&error, Error::Store(StoreError::InUse { people: 1, connections: 1, .. })), "{error}");
            assert!(!error.to_string().contains("postgres://"));
            assert_eq!(dump(&used.db).await, before);
            assert_eq!(std::fs::read_dir(at.path()).unwrap().count(), 0, "no keyring is left there");
        }
        for target in targets() {
            // Somebody has started Oriel there once, and nobody has signed in.
            let db = Db::open(target.url()).await.unwrap();
            meta::set_keyring_fingerprint(&db, "another").await.unwrap();
            db.close().await;
            let at = place();
            restore(&office.path("backup"), &access, target.url(), at.path()).await.unwrap();
            assert_eq!(everything_opens(&Db::open(target.url()).await.unwrap(), at.path()).await, 2);
        }
        for target in targets() {
            // An instance waits there for its first owner.
            let db = Db::open(target.url()).await.unwrap();
            store::instances::hear(&db, "an instance", now(), now() + jiff::SignedDuration::from_secs(60)).await.unwrap();
            let error = restore(&office.path("backup"), &access, target.url(), place().path()).await.unwrap_err();
            assert!(matches!(error, Error::Store(StoreError::Busy)), "{error}");
        }
    }

    async fn what_an_older_oriel_made_is_brought_up_to_date(database: Lent) {
        let older = meta::schema() - 1;
        let db = match database.is_postgres() {
            true => Target::look(database.url(), now()).await.unwrap().make(older).await.unwrap(),
            false => store::restore::make_file(&database.folder().unwrap().join("oriel.sqlite"), older).await.unwrap(),
        };
        let folder = place();
        let keyring = Keyring::create(&folder.path().join("keyring.json")).unwrap();
        meta::set_keyring_fingerprint(&db, &keyring.fingerprint()).await.unwrap();
        db.close().await;
        let db = Db::open_as_it_is(database.url()).await.unwrap();
        note(&db, 1).await;
        let (lock, access) = recipient();
        let source = backup::make::Source {
            db: &db,
            keyring_file: &folder.path().join("keyring.json"),
            protection: &encrypted(lock),
            oriel: "0.0.1",
            by: &store::audit::Actor::oriel(),
            now: now(),
        };
        let made = backup::make(&folder.path().join("backup"), &source).await.unwrap();
        assert_eq!(meta::applied(&db).await.unwrap(), Some(older), "a backup changes no schema");
        assert_eq!(made.manifest.schema, older);
        for target in targets() {
            let at = place();
            restore(&folder.path().join("backup"), &access, target.url(), at.path()).await.unwrap();
            let db = Db::open_as_it_is(target.url()).await.unwrap();
            assert_eq!(meta::applied(&db).await.unwrap(), Some(meta::schema()));
            assert_eq!(chain(&db).await, 2);
        }
    }
}

#[tokio::test]
async fn somebody_who_reads_the_file_keeps_it_from_being_replaced() {
    let office = Office::new(databases::sqlite()).await;
    let (lock, access) = recipient();
    office.back_up("backup", &encrypted(lock)).await.unwrap();
    let (target, at) = (databases::sqlite(), place());
    let open = Db::open(target.url()).await.unwrap();
    assert_eq!(store::people::list(&open).await.unwrap(), []);
    let error = restore(&office.path("backup"), &access, target.url(), at.path()).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Busy)), "{error}");
    assert_eq!(std::fs::read_dir(at.path()).unwrap().count(), 0);
    open.close().await;
    restore(&office.path("backup"), &access, target.url(), at.path()).await.unwrap();
    assert!(Backup::open(&office.path("backup"), &access).is_ok(), "a backup can be restored again");
    let left: Vec<_> =
        std::fs::read_dir(target.folder().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["oriel.sqlite"]);
}
