//! Seals and opens secrets. Knows no database.
//!
//! A secret is sealed with XChaCha20-Poly1305 by the first key of a [`Keyring`], for one [`Place`]: moved to another
//! row or column it does not open. The keyring is a file of its own, so that a copy of the database gives nothing away.
//!
//! Keys and nonces come from the system's randomness, and not from a parameter: any other would be a hole.

mod error;
mod file;
mod key;
mod keyring;
mod place;
mod settle;

pub use error::Error;
pub use keyring::Keyring;
pub use place::Place;
pub use settle::{Decision, decide, settle};
