//! Keys are turned: a new one in front, an old one off. One program at a time; the file is replaced whole.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::file::{self, Content};
use crate::key::Key;
use crate::{Error, Keyring};

/// The right to change a keyring's file, for as long as this is held. Those who only use it go on meanwhile.
pub struct Change {
    path: PathBuf,
    _lock: File,
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Change {
    /// Takes the right; [`Error::Locked`] while another program has it.
    pub fn begin(path: &Path) -> Result<Change, Error> {
        Ok(Change { path: path.to_owned(), _lock: file::lock(path)? })
    }

    /// Puts a new key in front: from now on it seals, and the others open what they sealed.
    pub fn add_key(&self) -> Result<Keyring, Error> {
        let (mut content, _) = file::read(&self.path)?;
        content.keys.insert(0, Key::new()?);
        self.write(&content)
    }

    /// Takes every key off but the one that seals and those whose fingerprints are named.
    pub fn keep(&self, fingerprints: &[String]) -> Result<Keyring, Error> {
        let (mut content, _) = file::read(&self.path)?;
        let mut number = 0;
        let mut dropped = std::mem::take(&mut content.dropped);
        content.keys.retain(|key| {
            let fingerprint = key.fingerprint();
            let stays = number == 0 || fingerprints.contains(&fingerprint);
            if !stays && !dropped.contains(&fingerprint) {
                dropped.push(fingerprint);
            }
            number += 1;
            stays
        });
        content.dropped = dropped;
        self.write(&content)
    }

    /// Puts keys back that were taken off, behind those in the file.
    pub fn put_back(&self, keys: &Keyring) -> Result<Keyring, Error> {
        let (content, _) = file::read(&self.path)?;
        let before = Keyring::from_content(&file::text(&content.keys, &content.dropped)?, &self.path)?;
        let joined = before.joined(keys);
        file::replace(&self.path, &joined.content()?)?;
        Keyring::read(&self.path)
    }

    fn write(&self, content: &Content) -> Result<Keyring, Error> {
        file::replace(&self.path, &file::text(&content.keys, &content.dropped)?)?;
        Keyring::read(&self.path)
    }
}

#[cfg(test)]
mod tests;
