//! A backup goes back.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;
use store::audit::{Actor, Entry};
use store::restore::{Target, Written};
use store::sealed::Sealed;
use store::{Db, Error as StoreError};
use vault::{Keyring, Place};

use crate::aside::Aside;
use crate::folder::random_name;
use crate::make::copy_rows;
use crate::manifest::rows_of;
use crate::read::{self, TableFiles};
use crate::{Backup, Error, Form, Manifest};

/// Where a backup goes.
pub struct Destination<'i> {
    /// The URL of the database.
    pub database_url: &'i str,
    /// The keyring's file.
    pub keyring_file: &'i Path,
    /// A folder of this account for what is needed in between.
    pub scratch: &'i Path,
    /// Who restores.
    pub by: &'i Actor,
    /// The time.
    pub now: Timestamp,
}

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// How many sealed values were opened with the keyring.
    pub opened: usize,
    /// Which did not open, by table and row: enter them again.
    pub lost: Vec<String>,
    /// Whether the keyring came out of the backup; else it was there.
    pub keyring_written: bool,
}

/// Restores a backup into a database that is empty. All of it, or nothing; what is sealed is opened with the keyring before
/// anything is kept.
pub async fn restore(backup: &Backup, into: &Destination<'_>) -> Result<Restored, Error> {
    let manifest = backup.manifest();
    let target = Target::look(into.database_url, into.now).await?;
    let (keyring, to_write) = keyring_for(backup, into.keyring_file)?;
    backup.vouched_by(&keyring)?;

    let entry = Entry::new("restore.done").with(json!({
        "made_at": manifest.made_at.to_string(),
        "made_by": manifest.oriel,
        "people": manifest.rows("people"),
        "connections": manifest.rows("connections"),
        "audit": manifest.rows("audit"),
    }));
    let written = Written { by: into.by, entry: &entry, now: into.now };
    let write_to = to_write.then_some(into.keyring_file);
    let mut proof = Proof { keyring: &keyring, write_to, found: None, kept: false };
    let put = match target.file() {
        Some(file) => into_file(backup, &target, file, &mut proof, written).await,
        None => into_server(backup, &target, into, &mut proof, written).await,
    };
    // While the database is as it was, the place of the keyring is as well.
    if !proof.kept && to_write && proof.write_to.is_none() {
        let _ = std::fs::remove_file(into.keyring_file);
    }
    put?;
    let (opened, lost) = proof.found.ok_or_else(|| Error::Damaged("nothing was proven".to_owned()))?;
    Ok(Restored { opened, lost, keyring_written: to_write })
}

/// Checks a backup as [`restore()`] does, as far as that can be done without restoring it: whether the keyring that is inside or
/// in its file is the one, and vouches for the manifest. The fingerprint of that keyring.
pub fn check(backup: &Backup, keyring_file: &Path) -> Result<String, Error> {
    let keyring = match backup.keyring_inside()? {
        Some(inside) => inside,
        None => keyring_for(backup, keyring_file)?.0,
    };
    backup.vouched_by(&keyring)?;
    Ok(keyring.fingerprint())
}

/// The keyring that opens the backup, and whether it has to be written to its file.
fn keyring_for(backup: &Backup, file: &Path) -> Result<(Keyring, bool), Error> {
    let entry = &backup.manifest().keyring;
    let there = match Keyring::read(file) {
        Ok(keyring) => Some(keyring),
        Err(vault::Error::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let other = || Error::OtherKeyring { path: file.to_owned(), fingerprint: entry.fingerprint.clone() };
    match (there, backup.keyring_inside()?) {
        // One that has been turned since has the older keys as well, and then it is the better one.
        (Some(there), _) if entry.keys.iter().all(|key| there.holds(key)) => Ok((there, false)),
        (Some(_), _) => Err(other()),
        (None, Some(inside)) => Ok((inside, true)),
        (None, None) => Err(Error::KeyringApart { path: file.to_owned(), fingerprint: entry.fingerprint.clone() }),
    }
}

/// Opens what is sealed, and then writes the keyring: the last thing before the database is kept.
struct Proof<'p> {
    keyring: &'p Keyring,
    /// Where the keyring goes, until it is there.
    write_to: Option<&'p Path>,
    found: Option<(usize, Vec<String>)>,
    /// Whether the database has it all by now, whatever comes after.
    kept: bool,
}

impl Proof<'_> {
    fn of(&mut self, sealed: &[Sealed]) -> Result<(), StoreError> {
        let opens = |sealed: &&Sealed| self.keyring.open(&sealed.sealed, &Place::from(sealed.place.clone())).is_ok();
        let lost: Vec<String> =
            sealed.iter().filter(|sealed| !opens(sealed)).map(|sealed| sealed.place.join("/")).collect();
        let opened = sealed.len() - lost.len();
        if opened == 0 && !lost.is_empty() {
            return Err(StoreError::Copy(Error::NothingOpens(lost.len()).to_string()));
        }
        if let Some(path) = self.write_to {
            self.keyring.write_to(path).map_err(|error| StoreError::Copy(error.to_string()))?;
            self.write_to = None;
        }
        self.found = Some((opened, lost));
        Ok(())
    }
}

/// Into a SQLite file: made beside its place, brought up to date, and put there when it is whole.
async fn into_file(
    backup: &Backup,
    target: &Target,
    file: &Path,
    proof: &mut Proof<'_>,
    written: Written<'_>,
) -> Result<(), Error> {
    let manifest = backup.manifest();
    let aside = Aside::beside(file, "restore")?;
    match manifest.form {
        Form::Sqlite => {
            decrypt(backup, aside.path())?;
            let (schema, tables) = (manifest.schema, &manifest.tables);
            store::restore::file(aside.path(), schema, tables, &mut |sealed| proof.of(sealed), written).await?;
        }
        Form::Rows => {
            let db = store::restore::make_file(aside.path(), manifest.schema).await?;
            let done = take_in(&db, &mut files_of(backup), manifest, proof, written).await;
            db.close().await;
            done?;
        }
    }
    Db::open_file(aside.path()).await?.close().await;
    target.put(aside.path(), written.now).await?;
    proof.kept = true;
    Ok(())
}

/// Into PostgreSQL: one transaction, then brought up to date.
async fn into_server(
    backup: &Backup,
    target: &Target,
    into: &Destination<'_>,
    proof: &mut Proof<'_>,
    written: Written<'_>,
) -> Result<(), Error> {
    let manifest = backup.manifest();
    let rows;
    let (mut files, scratch) = match manifest.form {
        Form::Rows => (files_of(backup), None),
        Form::Sqlite => {
            rows = Scratch::make(into.scratch)?;
            let copy = Aside::beside(&rows.0.join("oriel.sqlite"), "restore")?;
            decrypt(backup, copy.path())?;
            let db = store::restore::make_file(copy.path(), 0).await?;
            let copied = copy_rows(&db, &rows.0, None).await;
            db.close().await;
            let (contents, _) = copied?;
            let files = contents.tables.iter().map(|table| (rows_of(&table.name), None)).collect();
            (TableFiles::new(&rows.0, files, None), Some(&rows))
        }
    };
    let db = target.make(manifest.schema).await?;
    let done = take_in(&db, &mut files, manifest, proof, written).await;
    db.close().await;
    drop((files, scratch));
    done?;
    proof.kept = true;
    Db::open(into.database_url).await?.close().await;
    Ok(())
}

async fn take_in(
    db: &Db,
    files: &mut TableFiles,
    manifest: &Manifest,
    proof: &mut Proof<'_>,
    written: Written<'_>,
) -> Result<(), Error> {
    Ok(store::restore::rows(db, files, &manifest.tables, &mut |sealed| proof.of(sealed), written).await?)
}

fn files_of(backup: &Backup) -> TableFiles {
    let files = backup.data().map(|file| (file.name.clone(), Some(file))).collect();
    TableFiles::new(&backup.folder, files, backup.identity.clone())
}

/// Writes the SQLite file of a backup, decrypted, into a file that is there and empty.
fn decrypt(backup: &Backup, to: &Path) -> Result<(), Error> {
    let file = backup.data().next().ok_or_else(|| Error::Damaged("it has no data".to_owned()))?;
    let mut input = read::open(&backup.folder, &file.name.clone(), backup.identity.as_ref(), Some(file))?;
    let mut output = std::fs::OpenOptions::new().write(true).open(to).map_err(Error::file(to, "written"))?;
    let copied = std::io::copy(&mut input, &mut output).and_then(|_| output.sync_all());
    copied.map_err(Error::file(to, "written"))
}

/// A folder that goes in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn make(within: &Path) -> Result<Scratch, Error> {
        let path = within.join(format!("restore-{}", random_name()?));
        crate::folder::make_folder(&path)?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
