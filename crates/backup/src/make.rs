//! A backup is made.

use std::io::Write;
use std::path::Path;

use age::x25519::{Identity, Recipient};
use jiff::Timestamp;
use serde_json::json;
use store::audit::{Actor, Entry};
use store::backup::{Contents, Sink};
use store::{Db, Table};
use vault::{Keyring, Place};

use crate::aside::Aside;
use crate::folder::{Unfinished, make_folder};
use crate::manifest::{DATABASE, FORMAT, KEY, KEYRING, MANIFEST, SEAL, TABLES, rows_of};
use crate::protection::{Protection, lock};
use crate::write::{Writing, create, sha256};
use crate::{AuditEnd, Error, FileEntry, Form, KeyringEntry, Manifest};

/// What a backup is made of, and for whom.
pub struct Source<'s> {
    /// The database. Others go on using it.
    pub db: &'s Db,
    /// The keyring's file.
    pub keyring_file: &'s Path,
    /// How the backup is protected.
    pub protection: &'s Protection,
    /// The version of this Oriel.
    pub oriel: &'s str,
    /// Who makes it.
    pub by: &'s Actor,
    /// The time.
    pub now: Timestamp,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it says of itself.
    pub manifest: Manifest,
    /// How many sealed values open with the keyring.
    pub opens: usize,
    /// Which do not, by table and row: they were lost before.
    pub lost: Vec<String>,
}

/// Makes a backup in a folder that is not there yet or is empty, and writes it down in the audit. The folder has its name
/// when all of it is there and on the disk; before that, and if anything fails, there is none of this name.
pub async fn make(folder: &Path, source: &Source<'_>) -> Result<Made, Error> {
    let unfinished = Unfinished::begin(folder)?;
    let identity = match source.protection {
        Protection::InClear => None,
        Protection::Encrypted { .. } => Some(Identity::generate()),
    };
    let to = identity.as_ref().map(Identity::to_public);
    // Keys may be turned meanwhile. What the data is sealed with is on the keyring before or after it is read.
    let before = Keyring::read(source.keyring_file)?;
    let made_at = source.now;
    let (form, contents, mut files) = match store::backup::file(source.db) {
        Some(database) => {
            let (contents, entry) = copy_file(source, &database, &unfinished, to.as_ref()).await?;
            (Form::Sqlite, contents, vec![entry])
        }
        None => {
            let (contents, files) = copy_rows(source.db, unfinished.path(), to.as_ref()).await?;
            (Form::Rows, contents, files)
        }
    };
    let keyring = Keyring::read(source.keyring_file)?.joined(&before);
    if let Some(expected) = contents.keyring.as_ref().filter(|fingerprint| !keyring.holds(fingerprint)) {
        let (path, found) = (source.keyring_file.to_owned(), keyring.fingerprint());
        return Err(vault::Error::Other { path, expected: expected.clone(), found }.into());
    }
    let (opens, lost) = open_all(&keyring, &contents)?;

    let inside = matches!(source.protection, Protection::Encrypted { with_keyring: true, .. });
    if let (true, Some(to)) = (inside, &to) {
        let mut file = Writing::create(unfinished.path(), format!("{KEYRING}.age"), Some(to))?;
        let path = unfinished.path().join(KEYRING);
        let written = file.write_all(&keyring.content()?).and_then(|()| file.finish());
        files.push(written.map_err(Error::file(&path, "written"))?);
    }
    let manifest = Manifest {
        format: FORMAT,
        oriel: source.oriel.to_owned(),
        schema: contents.schema,
        engine: source.db.engine().to_owned(),
        made_at,
        form,
        encrypted_to: source.protection.guard(),
        keyring: KeyringEntry { fingerprint: keyring.fingerprint(), keys: keyring.fingerprints(), inside },
        audit: contents.audit.map(|(number, hash)| AuditEnd { number, hash }),
        tables: contents.tables,
        files,
    };
    seal(&unfinished, &manifest, &keyring, source.protection, identity.as_ref())?;
    let entry = Entry::new("backup.made").with(json!({
        "made_at": made_at.to_string(),
        "encrypted_to": manifest.encrypted_to,
        "keyring_inside": inside,
        "people": manifest.rows("people"),
        "connections": manifest.rows("connections"),
    }));
    store::audit::append(source.db, source.by, &[entry], source.now).await?;
    unfinished.finish()?;
    Ok(Made { manifest, opens, lost })
}

/// What the vault binds the manifest's hash to.
pub(crate) fn place_of(manifest: &Manifest) -> Place {
    Place { table: "backup".to_owned(), row: manifest.made_at.to_string(), column: MANIFEST.to_owned() }
}

/// Writes the manifest, and what vouches for it: the keyring, and the key of the backup if there is one.
fn seal(
    unfinished: &Unfinished,
    manifest: &Manifest,
    keyring: &Keyring,
    protection: &Protection,
    identity: Option<&Identity>,
) -> Result<(), Error> {
    let path = unfinished.path().join(MANIFEST);
    let mut text = serde_json::to_vec_pretty(manifest).map_err(|error| Error::file(&path, "written")(error.into()))?;
    text.push(b'\n');
    let hash = sha256(&text);
    unfinished.write(SEAL, &keyring.seal(&hash.as_str().into(), &place_of(manifest))?)?;
    if let (Protection::Encrypted { to, .. }, Some(identity)) = (protection, identity) {
        let path = unfinished.path().join(KEY);
        let mut file = create(&path)?;
        let locked = lock(to, identity, &hash, &mut file).and_then(|()| file.sync_all());
        locked.map_err(Error::file(&path, "written"))?;
    }
    unfinished.write(MANIFEST, &text)
}

/// Opens everything that is sealed in the copy. How many open, and which do not.
fn open_all(keyring: &Keyring, contents: &Contents) -> Result<(usize, Vec<String>), Error> {
    let mut lost = Vec::new();
    for sealed in &contents.sealed {
        let opened = keyring.open(&sealed.sealed, &Place::from(sealed.place.clone()));
        if opened.is_err() {
            lost.push(sealed.place.join("/"));
        }
    }
    let opens = contents.sealed.len() - lost.len();
    if opens == 0 && !lost.is_empty() {
        return Err(Error::NothingOpens(lost.len()));
    }
    Ok((opens, lost))
}

/// Copies a SQLite file: straight into the folder if it stays in clear. Otherwise the copy is made beside the database, so
/// that nothing goes in clear to where the backup goes.
async fn copy_file(
    source: &Source<'_>,
    database: &Path,
    unfinished: &Unfinished,
    to: Option<&Recipient>,
) -> Result<(Contents, FileEntry), Error> {
    let aside = to.map(|_| Aside::beside(database, "backup")).transpose()?;
    let copy = match &aside {
        Some(aside) => aside.path().to_owned(),
        None => {
            let path = unfinished.path().join(DATABASE);
            create(&path)?;
            path
        }
    };
    store::backup::copy(source.db, &copy).await?;
    let contents = store::backup::contents(&copy).await?;
    let entry = match to {
        None => crate::read::entry_of(unfinished.path(), DATABASE)?,
        Some(_) => {
            let mut file = Writing::create(unfinished.path(), format!("{DATABASE}.age"), to)?;
            let mut input = std::fs::File::open(&copy).map_err(Error::file(&copy, "read"))?;
            let written = std::io::copy(&mut input, &mut file).and_then(|_| file.finish());
            written.map_err(Error::file(&unfinished.path().join(DATABASE), "written"))?
        }
    };
    Ok((contents, entry))
}

/// Copies every table into a file of its rows.
pub(crate) async fn copy_rows(
    db: &Db,
    folder: &Path,
    to: Option<&Recipient>,
) -> Result<(Contents, Vec<FileEntry>), Error> {
    make_folder(&folder.join(TABLES))?;
    let mut sink = Files { folder, to, open: None, files: Vec::new() };
    let contents = store::backup::rows(db, &mut sink).await?;
    crate::folder::sync_folder(&folder.join(TABLES));
    Ok((contents, sink.files))
}

/// A file for each table.
struct Files<'f> {
    folder: &'f Path,
    to: Option<&'f Recipient>,
    open: Option<Writing>,
    files: Vec<FileEntry>,
}

impl Files<'_> {
    fn line(&mut self, line: &[u8]) -> std::io::Result<()> {
        let Some(open) = &mut self.open else { return Err(std::io::Error::other("no table was begun")) };
        open.write_all(line)?;
        open.write_all(b"\n")
    }
}

impl Sink for Files<'_> {
    fn begin(&mut self, table: &Table) -> std::io::Result<()> {
        let name = match self.to {
            None => rows_of(&table.name),
            Some(_) => format!("{}.age", rows_of(&table.name)),
        };
        self.open = Some(Writing::create(self.folder, name, self.to).map_err(std::io::Error::other)?);
        self.line(&serde_json::to_vec(table)?)
    }

    fn row(&mut self, line: &str) -> std::io::Result<()> {
        self.line(line.as_bytes())
    }

    fn end(&mut self) -> std::io::Result<()> {
        if let Some(open) = self.open.take() {
            self.files.push(open.finish()?);
        }
        Ok(())
    }
}
