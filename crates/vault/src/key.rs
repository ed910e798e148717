//! One key, and what it seals.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};
use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::zeroize::{Zeroize, Zeroizing};
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::{Error, Place};

/// Bytes of a key.
pub(crate) const KEY: usize = 32;
/// Bytes of a key's id.
const ID: usize = 8;
/// Bytes of a nonce: long enough to be random for ever.
const NONCE: usize = 24;
/// The form of what is sealed: this byte, the key's id, the nonce, the ciphertext with its tag.
const VERSION: u8 = 1;
/// Bytes before the ciphertext.
const HEAD: usize = 1 + ID + NONCE;

/// One key of a keyring.
pub(crate) struct Key {
    bytes: SecretBox<[u8; KEY]>,
    id: [u8; ID],
}

impl Key {
    /// A new key.
    pub fn new() -> Result<Key, Error> {
        let mut bytes = [0; KEY];
        fill(&mut bytes)?;
        let key = Key::from_bytes(&bytes);
        bytes.zeroize();
        Ok(key)
    }

    /// The key of these bytes. Its id is derived from them, so that no file can give two keys one id.
    pub fn from_bytes(bytes: &[u8; KEY]) -> Key {
        let mut id = [0; ID];
        id.copy_from_slice(&derived("oriel key id", bytes)[..ID]);
        Key { bytes: SecretBox::new(Box::new(*bytes)), id }
    }

    /// The key's bytes, to be written into its file.
    pub fn expose(&self) -> &[u8; KEY] {
        self.bytes.expose_secret()
    }

    /// What tells this key from another without giving it away: 32 hex digits.
    pub fn fingerprint(&self) -> String {
        hex(&derived("oriel keyring fingerprint", self.expose())[..16])
    }

    /// Whether this key sealed something.
    pub fn sealed(&self, sealed: &[u8]) -> bool {
        id_of(sealed) == Some(&self.id)
    }

    /// Seals a secret for one place.
    pub fn seal(&self, secret: &SecretString, place: &Place) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE];
        fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(HEAD + secret.expose_secret().len() + 16);
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.id);
        let aad = associated(&sealed, place);
        sealed.extend_from_slice(&nonce);
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &aad };
        let ciphertext = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::DoesNotOpen)?;
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Opens what this key sealed for a place.
    pub fn open(&self, sealed: &[u8], place: &Place) -> Result<SecretString, Error> {
        let (head, ciphertext) = sealed.split_at_checked(HEAD).ok_or(Error::DoesNotOpen)?;
        let (marks, nonce) = head.split_at(1 + ID);
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Error::DoesNotOpen)?;
        let aad = associated(marks, place);
        let payload = Payload { msg: ciphertext, aad: &aad };
        let plain = self.cipher().decrypt(&XNonce::from(nonce), payload).map_err(|_| Error::DoesNotOpen)?;
        let plain = Zeroizing::new(plain);
        std::str::from_utf8(&plain).map(SecretString::from).map_err(|_| Error::DoesNotOpen)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&CipherKey::from(*self.expose()))
    }
}

/// The id of the key that sealed something; `None` if it has no such form.
pub(crate) fn id_of(sealed: &[u8]) -> Option<&[u8; ID]> {
    match sealed.split_first() {
        Some((&VERSION, rest)) if sealed.len() >= HEAD => rest.first_chunk::<ID>(),
        _ => None,
    }
}

/// Version and key id belong to what is vouched for, and so does the place.
fn associated(marks: &[u8], place: &Place) -> Vec<u8> {
    let mut bytes = marks.to_vec();
    bytes.extend_from_slice(&place.bytes());
    bytes
}

/// A digest of a key for one purpose. A key has 256 random bits, so its digest gives nothing away.
fn derived(purpose: &str, key: &[u8; KEY]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(purpose.as_bytes());
    context.update(&[0]);
    context.update(key);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    bytes
}

/// Random bytes of the system.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    SystemRandom::new().fill(bytes).map_err(|_| Error::NoRandomness)
}

/// Hex digits in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
