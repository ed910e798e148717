//! How an entry is sealed to the one before it.

use jiff::Timestamp;
use ring::digest::{Context, SHA256};
use serde::Serialize;

use super::{Actor, Entry, Subject};
use crate::Error;
use crate::columns::to_json;
use crate::tenants::TenantId;

/// A SHA-256.
pub type Digest = [u8; 32];

/// What stands in the place of a hash before the first entry.
pub(super) const BEFORE_THE_FIRST: Digest = [0; 32];

/// Hashes of this chain are of no other thing.
const DOMAIN: &[u8] = b"oriel audit 1\0";

/// An entry as it is written.
#[derive(Serialize)]
struct Content<'a> {
    by: &'a Actor,
    action: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: &'a Option<Subject>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tenants: &'a [TenantId],
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    details: &'a serde_json::Value,
}

/// One link of the chain.
pub(crate) struct Link {
    pub number: i64,
    pub content: String,
    pub salt: [u8; 16],
    pub content_hash: Digest,
    pub hash: Digest,
}

impl Link {
    /// The end of the chain as it stands.
    pub fn after(number: i64, hash: Option<&[u8]>) -> Result<Link, Error> {
        let hash = match hash {
            None => BEFORE_THE_FIRST,
            Some(hash) => hash
                .try_into()
                .map_err(|_| Error::Damaged(format!("the hash of audit entry {number} is not 32 bytes long")))?,
        };
        Ok(Link { number, content: String::new(), salt: [0; 16], content_hash: [0; 32], hash })
    }

    /// The link that follows.
    pub fn next(&self, by: &Actor, entry: &Entry, now: Timestamp) -> Result<Link, Error> {
        let Entry { action, subject, tenants, details } = entry;
        let content = to_json(&Content { by, action, subject, tenants, details })?;
        // 122 random bits: without them, the hash of a content that is gone could be guessed from a list of names.
        let salt = *uuid::Uuid::new_v4().as_bytes();
        let content_hash = content_hash(&salt, &content);
        let number = self.number + 1;
        let hash = hash(&self.hash, number, now.as_microsecond(), &content_hash);
        Ok(Link { number, content, salt, content_hash, hash })
    }
}

/// The hash of what an entry says.
pub(super) fn content_hash(salt: &[u8], content: &str) -> Digest {
    digest(&[salt, content.as_bytes()])
}

/// The hash of an entry.
pub(super) fn hash(before: &Digest, number: i64, micros: i64, content_hash: &[u8]) -> Digest {
    digest(&[DOMAIN, before, &number.to_be_bytes(), &micros.to_be_bytes(), content_hash])
}

fn digest(parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// Hex digits in lower case.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
