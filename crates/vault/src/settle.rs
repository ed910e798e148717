//! Which keyring to use at the start: a new one is made only where nothing was ever sealed.

use std::path::Path;

use crate::{Error, Keyring};

/// What is to be done about the keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The first start: make one.
    Make,
    /// There is one: open it, and if the database knows a fingerprint, compare.
    Open,
    /// Secrets were sealed by a keyring that is not there. A new one would not open them, so none is made.
    Refuse,
}

/// Decides from whether the file is there and whether the database knows a keyring.
pub fn decide(file_is_there: bool, database_knows_one: bool) -> Decision {
    match (file_is_there, database_knows_one) {
        (true, _) => Decision::Open,
        (false, false) => Decision::Make,
        (false, true) => Decision::Refuse,
    }
}

/// Carries the decision out. `known` is the fingerprint that the database holds; where it holds none, the caller writes
/// down that of the keyring which comes back.
pub fn settle(path: &Path, known: Option<&str>) -> Result<Keyring, Error> {
    // A link that leads nowhere is a file that is not there: a volume that is not mounted yet.
    let keyring = match decide(path.exists(), known.is_some()) {
        Decision::Refuse => return Err(Error::Missing { path: path.to_owned() }),
        Decision::Open => Keyring::read(path)?,
        Decision::Make => match Keyring::create(path) {
            // Another instance was faster; its keyring is as good.
            Err(Error::Exists { .. }) => Keyring::read(path)?,
            made => made?,
        },
    };
    match known {
        Some(expected) if !keyring.holds(expected) => {
            Err(Error::Other { path: path.to_owned(), expected: expected.to_owned(), found: keyring.fingerprint() })
        }
        _ => Ok(keyring),
    }
}

#[cfg(test)]
mod tests;
