//! What keeps others from reading a backup: age, to a passphrase or to recipients.
//!
//! Each backup has a key pair of its own, and every file is encrypted to it; only its private half is encrypted to the
//! passphrase or the recipients. So the passphrase is worked on once, and no file of one backup fits into another.

use std::io::{Read, Write};
use std::str::FromStr;

use age::x25519::{Identity, Recipient};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::{Error, Guard};

/// Work that a passphrase costs: 2^18, about a second and 256 MiB, as the program `age` has it.
const WORK: u8 = 18;
/// Work that is done for a backup from elsewhere: sixteen times as much.
const MOST_WORK: u8 = 22;
/// Fewer characters are guessed.
const SHORTEST: usize = 12;

/// Whom a backup is encrypted to.
pub enum Lock {
    /// Whoever knows the passphrase.
    Passphrase(SecretString),
    /// Whoever has the private half of one of the keys.
    Recipients(Vec<Recipient>),
}

/// How a backup is protected. There is no value for a keyring in clear.
pub enum Protection {
    /// In clear, without the keyring. What is sealed in the database stays sealed; everything else can be read.
    InClear,
    /// Encrypted.
    Encrypted {
        /// To whom.
        to: Lock,
        /// Whether the keyring is inside.
        with_keyring: bool,
    },
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Lock::Passphrase(_) => "Passphrase",
            Lock::Recipients(_) => "Recipients",
        })
    }
}

impl Lock {
    /// Encrypts to a passphrase that is not guessed at once.
    pub fn passphrase(passphrase: SecretString) -> Result<Lock, Error> {
        match passphrase.expose_secret().chars().count() {
            0..SHORTEST => Err(Error::ShortPassphrase),
            _ => Ok(Lock::Passphrase(passphrase)),
        }
    }
}

impl Protection {
    pub(crate) fn guard(&self) -> Guard {
        match self {
            Protection::InClear => Guard::None,
            Protection::Encrypted { to: Lock::Passphrase(_), .. } => Guard::Passphrase,
            Protection::Encrypted { to: Lock::Recipients(_), .. } => Guard::Recipients,
        }
    }
}

/// The recipient that a text is: `age1…`, as `age-keygen` prints it.
pub fn recipient(text: &str) -> Result<Recipient, Error> {
    Recipient::from_str(text.trim()).map_err(|_| {
        Error::NotAKey(
            "A recipient begins with age1 and is the public key that age-keygen prints. No backup was made.".to_owned(),
        )
    })
}

/// The private keys in a file of `age-keygen`.
pub(crate) fn identities(text: &str) -> Result<Vec<Identity>, Error> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let found: Vec<Identity> = lines.filter_map(|line| Identity::from_str(line).ok()).collect();
    if found.is_empty() {
        return Err(Error::NotAKey(
            "The identity file holds no private key of age-keygen (AGE-SECRET-KEY-1…). One that is encrypted itself is \
             decrypted first, with age."
                .to_owned(),
        ));
    }
    Ok(found)
}

/// What opens a backup, and what its manifest is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inside {
    identity: String,
    manifest_sha256: String,
}

impl Drop for Inside {
    fn drop(&mut self) {
        secrecy::zeroize::Zeroize::zeroize(&mut self.identity);
    }
}

/// Writes the key of a backup, encrypted to whom it is for, with the hash of the manifest.
pub(crate) fn lock(
    to: &Lock,
    identity: &Identity,
    manifest_sha256: &str,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let scrypt;
    let recipients: Vec<&dyn age::Recipient> = match to {
        Lock::Passphrase(passphrase) => {
            let mut one = age::scrypt::Recipient::new(passphrase.clone());
            one.set_work_factor(WORK);
            scrypt = one;
            vec![&scrypt]
        }
        Lock::Recipients(recipients) => recipients.iter().map(|recipient| recipient as &dyn age::Recipient).collect(),
    };
    let inside = Inside {
        identity: identity.to_string().expose_secret().to_owned(),
        manifest_sha256: manifest_sha256.to_owned(),
    };
    let text = Zeroizing::new(serde_json::to_vec(&inside)?);
    let encryptor = age::Encryptor::with_recipients(recipients.into_iter()).map_err(std::io::Error::other)?;
    let mut writer = encryptor.wrap_output(output)?;
    writer.write_all(&text)?;
    writer.finish()?.flush()
}

/// What somebody opens a backup with.
pub enum Opener {
    Passphrase(SecretString),
    Identities(Vec<Identity>),
}

/// Opens the key of a backup. The key, and the hash of its manifest.
pub(crate) fn unlock(opener: &Opener, input: impl Read) -> Result<(Identity, String), Error> {
    let damaged = || Error::Damaged("key.age is not what was written there".to_owned());
    let decryptor = age::Decryptor::new(input).map_err(|_| damaged())?;
    let (identities, fits): (Vec<Box<dyn age::Identity>>, _) = match opener {
        Opener::Passphrase(passphrase) => {
            let mut identity = age::scrypt::Identity::new(passphrase.clone());
            identity.set_max_work_factor(MOST_WORK);
            (vec![Box::new(identity)], "The passphrase does not open the backup. Nothing was restored.")
        }
        Opener::Identities(identities) => {
            let each = identities.iter().map(|identity| Box::new(identity.clone()) as Box<dyn age::Identity>);
            (each.collect(), "None of the keys in the identity file opens the backup. Nothing was restored.")
        }
    };
    let reader = decryptor.decrypt(identities.iter().map(|identity| identity.as_ref()));
    let mut reader = reader.map_err(|_| Error::DoesNotOpen(fits))?;
    let mut text = Zeroizing::new(Vec::new());
    reader.by_ref().take(64 * 1024).read_to_end(&mut text).map_err(|_| damaged())?;
    let inside: Inside = serde_json::from_slice(&text).map_err(|_| damaged())?;
    let identity = Identity::from_str(&inside.identity).map_err(|_| damaged())?;
    Ok((identity, inside.manifest_sha256.clone()))
}
