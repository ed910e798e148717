//! The keys of one installation.

use std::path::Path;

use secrecy::SecretString;

use crate::key::{Key, hex, id_of};
use crate::{Error, Place, file};

/// The keys of one installation: the first seals, each opens what it sealed.
pub struct Keyring {
    keys: Vec<Key>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("fingerprint", &self.fingerprint()).field("keys", &self.keys.len()).finish()
    }
}

impl Keyring {
    /// Makes a keyring with one new key, in a file that only the account which Oriel runs under may read. A file that is
    /// there already is [`Error::Exists`].
    pub fn create(path: &Path) -> Result<Keyring, Error> {
        let keys = vec![Key::new()?];
        file::write(path, &keys)?;
        Ok(Keyring { keys })
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
        Ok(Keyring { keys: file::read(path)? })
    }

    /// What tells this keyring from another without giving it away: 32 hex digits, of the key that seals.
    pub fn fingerprint(&self) -> String {
        self.keys.first().map(Key::fingerprint).unwrap_or_default()
    }

    /// Whether a key with this fingerprint is on the keyring, sealing or not.
    pub fn holds(&self, fingerprint: &str) -> bool {
        self.keys.iter().any(|key| key.fingerprint() == fingerprint)
    }

    /// Seals a secret for one place. Twice the same secret does not look the same.
    pub fn seal(&self, secret: &SecretString, place: &Place) -> Result<Vec<u8>, Error> {
        self.keys.first().ok_or(Error::DoesNotOpen)?.seal(secret, place)
    }

    /// Opens what was sealed for this place, with whichever key sealed it.
    pub fn open(&self, sealed: &[u8], place: &Place) -> Result<SecretString, Error> {
        let id = id_of(sealed).ok_or(Error::DoesNotOpen)?;
        let key = self.keys.iter().find(|key| key.sealed(sealed)).ok_or_else(|| Error::UnknownKey { id: hex(id) })?;
        key.open(sealed, place)
    }
}

#[cfg(test)]
mod tests;
