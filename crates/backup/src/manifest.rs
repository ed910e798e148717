//! What a backup says of itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::backup::Counted;

use crate::Error;

/// The form of backups that this program makes.
pub(crate) const FORMAT: i64 = 2;
/// Its name in the folder.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The manifest's hash, sealed by the keyring: shows whether a keyring is the one, and whether the manifest is as it was.
pub(crate) const SEAL: &str = "manifest.seal";
/// What opens the files, to the passphrase or the recipients.
pub(crate) const KEY: &str = "key.age";
/// The keyring.
pub(crate) const KEYRING: &str = "keyring.json";
/// The SQLite file.
pub(crate) const DATABASE: &str = "oriel.sqlite";
/// The folder of the tables' rows.
pub(crate) const TABLES: &str = "tables";

/// What the data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A SQLite file.
    Sqlite,
    /// A file of rows for each table.
    Rows,
}

/// What keeps others from reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Guard {
    /// Nothing.
    None,
    /// A passphrase.
    Passphrase,
    /// Recipients' keys.
    Recipients,
}

/// What is known of the keyring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyringEntry {
    /// The fingerprint of the key that seals.
    pub fingerprint: String,
    /// The fingerprints of all its keys.
    pub keys: Vec<String>,
    /// Whether it is in the backup, encrypted.
    pub inside: bool,
}

/// The end of the audit's chain. The manifest is sealed by the keyring, so that whoever can change the database alone cannot
/// change this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEnd {
    /// The number of the newest entry.
    pub number: i64,
    /// Its hash, in hex digits.
    pub hash: String,
}

/// A file of the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its path in the folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256 as it lies there, in hex digits: `sha256sum` shows the same.
    pub sha256: String,
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of the backup.
    pub format: i64,
    /// The version of the Oriel that made it.
    pub oriel: String,
    /// The newest migration of its database.
    pub schema: i64,
    /// The engine that it was made from.
    pub engine: String,
    /// When it was begun; the moment that it shows is no earlier.
    pub made_at: Timestamp,
    /// What the data is.
    pub form: Form,
    /// What keeps others from reading it.
    pub encrypted_to: Guard,
    /// The keyring.
    pub keyring: KeyringEntry,
    /// The end of the audit, if it has an entry. Form 1 did not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditEnd>,
    /// The tables, and how many rows each has.
    pub tables: Vec<Counted>,
    /// The files.
    pub files: Vec<FileEntry>,
}

/// Only what every form of manifest has.
#[derive(Deserialize)]
struct AnyForm {
    format: i64,
}

impl Manifest {
    /// Reads a manifest, and refuses one of a newer Oriel and one that cannot be.
    pub(crate) fn parse(text: &[u8]) -> Result<Manifest, Error> {
        let unreadable = |error: serde_json::Error| {
            Error::Damaged(format!("line {} of manifest.json is not what stands in a manifest", error.line().max(1)))
        };
        let AnyForm { format } = serde_json::from_slice(text).map_err(unreadable)?;
        if format > FORMAT {
            return Err(Error::Newer { what: "form", found: format, known: FORMAT });
        }
        let manifest: Manifest = serde_json::from_slice(text).map_err(unreadable)?;
        let known = store::meta::schema();
        if manifest.schema > known {
            return Err(Error::Newer { what: "schema", found: manifest.schema, known });
        }
        if manifest.keyring.inside && manifest.encrypted_to == Guard::None {
            return Err(Error::Damaged("its keyring would lie in clear, which no Oriel does".to_owned()));
        }
        // Their names become names of files.
        let is_plain =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !manifest.tables.iter().all(|table| is_plain(&table.name)) {
            return Err(Error::Damaged("its manifest names tables that no Oriel has".to_owned()));
        }
        let mut wanted = manifest.data_files();
        wanted.extend(manifest.keyring.inside.then(|| manifest.named(KEYRING)));
        let mut named: Vec<String> = manifest.files.iter().map(|file| file.name.clone()).collect();
        wanted.sort();
        named.sort();
        if wanted != named {
            return Err(Error::Damaged("its manifest names other files than a backup has".to_owned()));
        }
        Ok(manifest)
    }

    /// The name of a file as it lies in the folder.
    pub(crate) fn named(&self, name: &str) -> String {
        match self.encrypted_to {
            Guard::None => name.to_owned(),
            Guard::Passphrase | Guard::Recipients => format!("{name}.age"),
        }
    }

    /// The files of the data, those of tables in the order of the tables.
    pub(crate) fn data_files(&self) -> Vec<String> {
        match self.form {
            Form::Sqlite => vec![self.named(DATABASE)],
            Form::Rows => self.tables.iter().map(|table| self.named(&rows_of(&table.name))).collect(),
        }
    }

    /// How many rows a table has.
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.iter().find(|counted| counted.name == table).map_or(0, |counted| counted.rows)
    }
}

/// The file of a table's rows.
pub(crate) fn rows_of(table: &str) -> String {
    format!("{TABLES}/{table}.ndjson")
}
