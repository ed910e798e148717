//! Seals and opens secrets. Knows no database.
//!
//! A secret is sealed with XChaCha20-Poly1305 by the first key of a [`Keyring`], for one [`Place`]: moved to another
//! row or column it does not open. The keyring is a file of its own, so that a copy of the database gives nothing away.
//!
//! Keys are turned while instances run ([`Change`]): a new one is put in front, what was sealed is sealed anew, and only then
//! is an old one taken off. Who holds an open [`Keyring`] need not be told: it looks at its file again before it seals, and
//! when something names a key that it does not know.
//!
//! Keys and nonces come from the system's randomness, and not from a parameter: any other would be a hole.

mod change;
mod error;
mod file;
mod key;
mod keyring;
mod place;
mod settle;

pub use change::Change;
pub use error::Error;
pub use keyring::Keyring;
pub use place::Place;
pub use settle::{Decision, decide, settle};
