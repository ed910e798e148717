//! An installation with something of everything, and what is left of it after a restore.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use backup::{Access, Backup, Destination, Error, Lock, Manifest, Protection, Restored};
use databases::Lent;
use jiff::Timestamp;
use search::Product;
use secrecy::SecretString;
use store::audit::{Actor, Entry};
use store::backup::Sink;
use store::connections::{self, ConnectionId, NewConnection};
use store::credentials::{self, CredentialId, Kind, NewCredential};
use store::grants::Scope;
use store::people::{self, NewPerson, Person, Role};
use store::searches::{self, NewSearch};
use store::{Db, Table, meta, sealed, second_factors, sessions, settings};
use tempfile::TempDir;
use vault::{Keyring, Place};

pub const SECRET: &str = "hunter2-of-the-connection";
pub const PASSPHRASE: &str = "correct horse battery staple";

pub fn now() -> Timestamp {
    "2026-11-25T03:00:00.123456Z".parse().unwrap()
}

/// A database with its keyring.
pub struct Office {
    pub folder: TempDir,
    pub database: Lent,
    pub db: Db,
    pub keyring: Keyring,
    pub olga: Person,
}

impl Office {
    /// One with something in it.
    pub async fn new(database: Lent) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(database.url()).await.unwrap();
        let keyring = Keyring::create(&folder.path().join("keyring.json")).unwrap();
        meta::set_keyring_fingerprint(&db, &keyring.fingerprint()).await.unwrap();
        let by = Actor::command_line("olga");
        let new = NewPerson {
            name: "Olga Ümlaut “of” Contoso".into(),
            role: Role::Owner,
            password_hash: "hash".into(),
            password_given: false,
            scope: Scope::All,
        };
        let olga = people::add(&db, &by, &new, now()).await.unwrap();
        let office = Office { folder, database, db, keyring, olga };
        office.connect("first").await;
        let seal = |place: [String; 3]| office.keyring.seal(&"totp".into(), &Place::from(place)).unwrap();
        let (db, olga) = (&office.db, &office.olga);
        second_factors::begin(db, &olga.id, &seal(second_factors::place(&olga.id)), now()).await.unwrap();
        settings::set(db, &by, settings::SUPPORT_CONTACT, "help@example.com", now()).await.unwrap();
        for value in ["one.example", "two.example"] {
            let new = NewSearch {
                person_id: olga.id.clone(),
                value: value.into(),
                kind: "domain".into(),
                level: "none".into(),
            };
            searches::record(db, &new, now()).await.unwrap();
        }
        let session = sessions::NewSession {
            hash: &[7; 32],
            person: &olga.id,
            opened_by: sessions::OpenedBy::Password,
            password_hash: None,
            address: None,
            agent: None,
            expires: now() + jiff::SignedDuration::from_hours(12),
        };
        sessions::create(db, &by, &session, now()).await.unwrap();
        store::jobs::hold(db, "validate", "an instance", now(), now()).await.unwrap();
        office
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn keyring_file(&self) -> PathBuf {
        self.path("keyring.json")
    }

    /// Saves a connection; its secret is sealed.
    pub async fn connect(&self, label: &str) -> ConnectionId {
        let id = CredentialId::new(now());
        let place = Place::from(credentials::place(&id));
        let sealed = self.keyring.seal(&SECRET.into(), &place).unwrap();
        let new = NewConnection {
            id: ConnectionId::new(now()),
            product: Product::Defender,
            label: label.into(),
            cloud: "global".into(),
            tenant_guid: "11111111-2222-3333-4444-555555555555".into(),
            client_id: "aaaaaaaa-2222-3333-4444-555555555555".into(),
            credential: NewCredential { id, kind: Kind::Secret, sealed, certificate: None, identity: None, ends: None },
            workspaces: Vec::new(),
            switched_off: Vec::new(),
            quiet: Vec::new(),
        };
        connections::create(&self.db, &Actor::oriel(), &Scope::All, &new, now()).await.unwrap().id
    }

    pub async fn back_up(&self, name: &str, protection: &Protection) -> Result<backup::make::Made, Error> {
        let source = backup::make::Source {
            db: &self.db,
            keyring_file: &self.keyring_file(),
            protection,
            oriel: "9.8.7",
            by: &Actor::command_line("olga"),
            now: now(),
        };
        backup::make(&self.path(name), &source).await
    }

    /// Writes another manifest and seals it, as whoever has the keyring can.
    pub fn write_manifest(&self, name: &str, manifest: &Manifest) {
        let text = serde_json::to_vec(manifest).unwrap();
        std::fs::write(self.path(name).join("manifest.json"), &text).unwrap();
        let digest = ring::digest::digest(&ring::digest::SHA256, &text);
        let hash: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let place = ["backup".to_owned(), manifest.made_at.to_string(), "manifest.json".to_owned()];
        let sealed = self.keyring.seal(&hash.as_str().into(), &Place::from(place)).unwrap();
        std::fs::write(self.path(name).join("manifest.seal"), sealed).unwrap();
    }
}

/// A key pair of a recipient, and its identity as a file has it.
pub fn recipient() -> (Lock, Access) {
    let identity = age::x25519::Identity::generate();
    let text = secrecy::ExposeSecret::expose_secret(&identity.to_string()).to_owned();
    let file = format!("# created: 2026-11-25\n# public key: {}\n{text}\n", identity.to_public());
    let to = backup::recipient(&identity.to_public().to_string()).unwrap();
    (Lock::Recipients(vec![to]), Access { passphrase: None, identities: Some(file.into()) })
}

pub fn passphrase(text: &str) -> Access {
    Access { passphrase: Some(SecretString::from(text)), identities: None }
}

/// Restores a folder into a database, with the keyring in a folder.
pub async fn restore(folder: &Path, access: &Access, url: &str, at: &Path) -> Result<Restored, Error> {
    let into = Destination {
        database_url: url,
        keyring_file: &at.join("keyring.json"),
        scratch: at,
        by: &Actor::command_line("restorer"),
        now: now(),
    };
    backup::restore(&Backup::open(folder, access)?, &into).await
}

/// A place for an installation that is not there yet.
pub fn place() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Every row of every table, sorted.
pub async fn dump(db: &Db) -> BTreeMap<String, Vec<String>> {
    #[derive(Default)]
    struct Lines(BTreeMap<String, Vec<String>>, String);
    impl Sink for Lines {
        fn begin(&mut self, table: &Table) -> std::io::Result<()> {
            self.1 = table.name.clone();
            self.0.insert(table.name.clone(), Vec::new());
            Ok(())
        }
        fn row(&mut self, line: &str) -> std::io::Result<()> {
            self.0.get_mut(&self.1).unwrap().push(line.to_owned());
            Ok(())
        }
        fn end(&mut self) -> std::io::Result<()> {
            self.0.get_mut(&self.1).unwrap().sort();
            Ok(())
        }
    }
    let mut lines = Lines::default();
    store::backup::rows(db, &mut lines).await.unwrap();
    lines.0
}

/// What a restore changes by itself: the audit goes on, and what belonged to that time has ended.
pub const CHANGED: [&str; 4] = ["audit", "audit_head", "jobs", "sessions"];

/// Opens everything that is sealed with the keyring in a folder.
pub async fn everything_opens(db: &Db, at: &Path) -> usize {
    let keyring = Keyring::read(&at.join("keyring.json")).unwrap();
    let sealed = sealed::list(db).await.unwrap();
    for one in &sealed {
        keyring.open(&one.sealed, &Place::from(one.place.clone())).unwrap();
    }
    sealed.len()
}

/// Adds an entry to the audit.
pub async fn note(db: &Db, number: usize) {
    let entry = Entry::new("search.made").about("indicator", number, "one.example");
    store::audit::append(db, &Actor::oriel(), &[entry], now()).await.unwrap();
}

/// The chain of the audit holds, and so many entries has it.
pub async fn chain(db: &Db) -> i64 {
    store::audit::verify::chain(db, None).await.unwrap().unwrap().entries
}
