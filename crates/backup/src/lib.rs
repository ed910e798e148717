//! Backups, restores, and keyrings whose keys are turned.
//!
//! A backup is a folder ([`make`]): `manifest.json` says what is in it and has the SHA-256 of every file; the data is a
//! SQLite file, or a file of rows for each table. It is encrypted to a passphrase or to recipients with [age], and then the
//! keyring may be inside; or it is in clear, and then it is not. [`Protection`] has no value for a keyring in clear.
//!
//! A restore ([`Backup::open`], [`restore()`]) checks all of it first, goes only where nothing is, and proves what is
//! sealed with the keyring before anything is kept.
//!
//! [age]: https://age-encryption.org/v1

mod aside;
mod error;
mod folder;
pub mod make;
mod manifest;
mod open;
mod protection;
mod read;
mod restore;
pub mod rotate;
mod write;

pub use error::Error;
pub use make::make;
pub use manifest::{AuditEnd, FileEntry, Form, Guard, KeyringEntry, Manifest};
pub use open::{Access, Backup, audit_end};
pub use protection::{Lock, Protection, recipient};
pub use restore::{Destination, Restored, check, restore};
