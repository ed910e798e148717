//! The keys of one installation.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::file::{Content, Mark};
use crate::key::{Key, hex, id_of};
use crate::{Error, Place, file};

/// The keys of one installation: the first seals, each opens what it sealed. It follows its file: keys that are added or
/// taken off there hold here as well, without a restart.
pub struct Keyring {
    held: RwLock<Arc<Held>>,
    /// Where to look again; absent for one that was read from a backup.
    path: Option<PathBuf>,
}

/// The keys as they were read.
struct Held {
    content: Content,
    mark: Option<Mark>,
}

impl Held {
    fn first(&self) -> Result<&Key, Error> {
        self.content.keys.first().ok_or(Error::DoesNotOpen)
    }

    fn key_of(&self, sealed: &[u8]) -> Option<&Key> {
        self.content.keys.iter().find(|key| key.sealed(sealed))
    }

    fn holds(&self, fingerprint: &str) -> bool {
        self.content.keys.iter().any(|key| key.fingerprint() == fingerprint)
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys = self.held().content.keys.len();
        f.debug_struct("Keyring").field("fingerprint", &self.fingerprint()).field("keys", &keys).finish()
    }
}

impl Keyring {
    /// Makes a keyring with one new key, in a file that only the account which Oriel runs under may read. A file that is
    /// there already is [`Error::Exists`].
    pub fn create(path: &Path) -> Result<Keyring, Error> {
        let keys = vec![Key::new()?];
        file::write(path, &file::text(&keys, &[])?)?;
        Ok(Keyring::of(Content { keys, dropped: Vec::new() }, Mark::of(path), Some(path)))
    }

    /// Reads the keyring in a file. One that others may read is taken all the same (some containers mount secrets that
    /// way), with a warning in the log.
    pub fn read(path: &Path) -> Result<Keyring, Error> {
        if let Some(mode) = file::open_to_others(path) {
            tracing::warn!(
                file = %path.display(),
                mode = format!("{mode:o}"),
                "the keyring can be read by other accounts; take their rights away with chmod 600"
            );
        }
        let (content, mark) = file::read(path)?;
        Ok(Keyring::of(content, Some(mark), Some(path)))
    }

    /// Reads the keyring that [`Keyring::content`] wrote. `from` names it in messages. It follows no file.
    pub fn from_content(content: &[u8], from: &Path) -> Result<Keyring, Error> {
        Ok(Keyring::of(file::parse(from, content)?, None, None))
    }

    fn of(content: Content, mark: Option<Mark>, path: Option<&Path>) -> Keyring {
        Keyring { held: RwLock::new(Arc::new(Held { content, mark })), path: path.map(Path::to_owned) }
    }

    /// The keys in clear, as they stand in the file: for a backup, which has to encrypt them.
    pub fn content(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let held = self.held();
        file::text(&held.content.keys, &held.content.dropped)
    }

    /// Writes this keyring to a file that is not there yet, whole or not at all. A file that is there already is
    /// [`Error::Exists`].
    pub fn write_to(&self, path: &Path) -> Result<(), Error> {
        file::write(path, &self.content()?)
    }

    /// This keyring's keys, and behind them those of another that it does not have. It follows no file.
    pub fn joined(&self, other: &Keyring) -> Keyring {
        let mut content = self.held().content.copy();
        let theirs = other.held().content.copy();
        content.keys.extend(theirs.keys.into_iter().filter(|key| !self.holds(&key.fingerprint())));
        content.dropped.extend(theirs.dropped);
        let on = |fingerprint: &String| content.keys.iter().any(|key| key.fingerprint() == *fingerprint);
        let mut dropped: Vec<String> = content.dropped.iter().filter(|fingerprint| !on(fingerprint)).cloned().collect();
        dropped.dedup();
        content.dropped = dropped;
        Keyring::of(content, None, None)
    }

    /// What tells this keyring from another without giving it away: 32 hex digits, of the key that seals.
    pub fn fingerprint(&self) -> String {
        self.held().content.keys.first().map(Key::fingerprint).unwrap_or_default()
    }

    /// The fingerprints of all its keys, that of the sealing one first.
    pub fn fingerprints(&self) -> Vec<String> {
        self.held().content.keys.iter().map(Key::fingerprint).collect()
    }

    /// Whether a key with this fingerprint is on the keyring, sealing or not.
    pub fn holds(&self, fingerprint: &str) -> bool {
        self.held().holds(fingerprint)
    }

    /// The fingerprint of the key that sealed something, if it is on the keyring.
    pub fn sealer(&self, sealed: &[u8]) -> Option<String> {
        self.held().key_of(sealed).map(Key::fingerprint)
    }

    /// Seals a secret for one place, with the key that stands first in the file at this moment. Twice the same secret does
    /// not look the same.
    pub fn seal(&self, secret: &SecretString, place: &Place) -> Result<Vec<u8>, Error> {
        // A key that was taken off meanwhile must not seal anything any more, so a change of the file is not waited for.
        self.look_again();
        self.held().first()?.seal(secret, place)
    }

    /// Opens what was sealed for this place, with whichever key sealed it.
    pub fn open(&self, sealed: &[u8], place: &Place) -> Result<SecretString, Error> {
        let id = id_of(sealed).ok_or(Error::DoesNotOpen)?;
        let mut held = self.held();
        if held.key_of(sealed).is_none() && self.look_again() {
            held = self.held();
        }
        held.key_of(sealed).ok_or_else(|| Error::UnknownKey { id: hex(id) })?.open(sealed, place)
    }

    fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again if it has changed since it was read, and takes its keys over if it is this keyring's successor.
    /// What cannot be read, and what is another keyring, changes nothing here. Whether there are other keys now.
    fn look_again(&self) -> bool {
        let Some(path) = &self.path else { return false };
        let held = self.held();
        // A file that is away for a moment is being replaced, or its disk is; the keys at hand are still good.
        let Some(mark) = Mark::of(path).filter(|mark| held.mark != Some(*mark)) else { return false };
        let (content, mark) = match file::read(path) {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, "the keyring has changed and cannot be read; the keys at hand are used on");
                // Not read again until it changes again.
                self.put(held.content.copy(), mark);
                return false;
            }
        };
        let follows = content.keys.iter().any(|key| held.holds(&key.fingerprint()))
            || held.content.keys.iter().any(|key| content.dropped.contains(&key.fingerprint()));
        if !follows {
            tracing::warn!(
                file = %path.display(),
                "the file holds another keyring now; the keys at hand are used on until the next start"
            );
            self.put(held.content.copy(), mark);
            return false;
        }
        tracing::info!(keys = content.keys.len(), "the keyring has changed, and its keys were read again");
        self.put(content, mark);
        true
    }

    fn put(&self, content: Content, mark: Mark) {
        let held = Arc::new(Held { content, mark: Some(mark) });
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }
}

#[cfg(test)]
mod tests;
