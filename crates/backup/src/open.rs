//! A backup is opened, and all of it is checked before anything is done with it.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use vault::Keyring;

use crate::make::place_of;
use crate::manifest::{KEY, KEYRING, MANIFEST, SEAL};
use crate::protection::{Opener, identities, unlock};
use crate::write::sha256;
use crate::{AuditEnd, Error, FileEntry, Guard, Manifest, read};

/// No manifest is longer.
const LONGEST: u64 = 4 << 20;

/// What somebody has to open a backup with.
#[derive(Default)]
pub struct Access {
    /// The passphrase.
    pub passphrase: Option<SecretString>,
    /// The text of an identity file, as `age-keygen` writes it.
    pub identities: Option<SecretString>,
}

/// A backup that is open and whole: every file is there as it was written.
pub struct Backup {
    pub(crate) folder: PathBuf,
    pub(crate) identity: Option<Identity>,
    manifest: Manifest,
    manifest_hash: String,
}

impl std::fmt::Debug for Backup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Backup").field("folder", &self.folder).field("manifest", &self.manifest).finish_non_exhaustive()
    }
}

fn small(folder: &Path, name: &str) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::new());
    read::file_in(folder, name)?.take(LONGEST).read_to_end(&mut content)?;
    Ok(content)
}

/// The manifest in a folder, and its hash.
fn manifest_in(folder: &Path) -> Result<(Manifest, String), Error> {
    let no_backup = |reason: std::io::Error| Error::NoBackup { folder: folder.to_owned(), reason: reason.to_string() };
    let text = small(folder, MANIFEST).map_err(no_backup)?;
    Ok((Manifest::parse(&text)?, sha256(&text)))
}

/// Whether a keyring sealed this manifest in this folder.
fn vouched(folder: &Path, manifest: &Manifest, manifest_hash: &str, keyring: &Keyring) -> Result<(), Error> {
    let sealed =
        small(folder, SEAL).map_err(|error| Error::Damaged(format!("manifest.seal cannot be read: {error}")))?;
    match keyring.open(&sealed, &place_of(manifest)) {
        Ok(hash) if hash.expose_secret() == manifest_hash => Ok(()),
        Err(error @ vault::Error::UnknownKey { .. }) => Err(error.into()),
        _ => Err(Error::Damaged("manifest.json is not the one that was sealed".to_owned())),
    }
}

/// The end of the audit as a backup notes it, if the keyring vouches for its manifest. Nothing else of the backup is read, so
/// that it takes neither a passphrase nor an identity.
pub fn audit_end(folder: &Path, keyring: &Keyring) -> Result<Option<AuditEnd>, Error> {
    let (manifest, hash) = manifest_in(folder)?;
    vouched(folder, &manifest, &hash, keyring)?;
    Ok(manifest.audit)
}

impl Backup {
    /// Opens the backup in a folder: the manifest, what vouches for it, and the length and hash of every file.
    pub fn open(folder: &Path, access: &Access) -> Result<Backup, Error> {
        let (manifest, manifest_hash) = manifest_in(folder)?;
        let identity = match opener(manifest.encrypted_to, access)? {
            None => None,
            Some(opener) => {
                let file = read::file_in(folder, KEY)
                    .map_err(|error| Error::Damaged(format!("key.age cannot be read: {error}")))?;
                let (identity, vouched) = unlock(&opener, BufReader::new(file))?;
                if vouched != manifest_hash {
                    return Err(Error::Damaged("manifest.json is not the one that was written".to_owned()));
                }
                Some(identity)
            }
        };
        for file in &manifest.files {
            let found = read::entry_of(folder, &file.name)
                .map_err(|error| Error::Damaged(format!("{} cannot be read: {error}", file.name)))?;
            if found != *file {
                return Err(Error::Damaged(format!("{} is not what was written there", file.name)));
            }
        }
        Ok(Backup { folder: folder.to_owned(), identity, manifest, manifest_hash })
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The files of the data, in their order.
    pub(crate) fn data(&self) -> impl Iterator<Item = FileEntry> {
        let file = |name: &String| self.manifest.files.iter().find(|file| file.name == *name);
        let names = self.manifest.data_files().into_iter();
        names.filter_map(move |name| file(&name).cloned())
    }

    /// The keyring in it, if it is inside.
    pub(crate) fn keyring_inside(&self) -> Result<Option<Keyring>, Error> {
        if !self.manifest.keyring.inside {
            return Ok(None);
        }
        let name = self.manifest.named(KEYRING);
        let path = self.folder.join(&name);
        let mut content = Zeroizing::new(Vec::new());
        let reader = read::open(&self.folder, &name, self.identity.as_ref(), None)?;
        reader.take(LONGEST).read_to_end(&mut content).map_err(Error::file(&path, "read"))?;
        Ok(Some(Keyring::from_content(&content, &path)?))
    }

    /// Whether a keyring is the one that this backup belongs to, and its manifest as that keyring's owner wrote it.
    pub(crate) fn vouched_by(&self, keyring: &Keyring) -> Result<(), Error> {
        vouched(&self.folder, &self.manifest, &self.manifest_hash, keyring)
    }
}

/// What of the access fits the guard.
fn opener(guard: Guard, access: &Access) -> Result<Option<Opener>, Error> {
    Ok(match (guard, &access.passphrase, &access.identities) {
        (Guard::None, ..) => None,
        (Guard::Passphrase, Some(passphrase), _) => Some(Opener::Passphrase(passphrase.clone())),
        (Guard::Passphrase, None, _) => {
            return Err(Error::Encrypted { to: "a passphrase", option: "--passphrase-file" });
        }
        (Guard::Recipients, _, Some(text)) => Some(Opener::Identities(identities(text.expose_secret())?)),
        (Guard::Recipients, _, None) => {
            return Err(Error::Encrypted { to: "the keys of recipients", option: "--identity-file" });
        }
    })
}
