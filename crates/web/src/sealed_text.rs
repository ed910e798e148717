//! What a page carries for the server and nobody else can read or change: sealed by the vault, good for a while.
//!
//! It needs no table, and every instance with the same keyring opens it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Desk;
use crate::error::Error;

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    until: Timestamp,
    value: T,
}

fn place(use_: &str) -> vault::Place {
    ["pages".to_owned(), use_.to_owned(), "carried".to_owned()].into()
}

/// Seals a value for one use, until a time.
pub fn seal<T: Serialize>(desk: &Desk, use_: &str, value: T, until: Timestamp) -> Result<String, Error> {
    let json = serde_json::to_string(&Kept { until, value })
        .map_err(|error| Error::Broken(format!("what a page is to carry could not be written: {error}")))?;
    Ok(BASE64.encode(desk.vault.seal(&SecretString::from(json), &place(use_))?))
}

/// The value, if it was sealed here for this use and its time is not over.
pub fn open<T: DeserializeOwned>(desk: &Desk, use_: &str, text: &str) -> Option<T> {
    let sealed = BASE64.decode(text.trim()).ok()?;
    let json = desk.vault.open(&sealed, &place(use_)).ok()?;
    let kept: Kept<T> = serde_json::from_str(json.expose_secret()).ok()?;
    (desk.now() < kept.until).then_some(kept.value)
}
