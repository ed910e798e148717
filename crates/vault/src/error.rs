//! Why a keyring or a secret does not open.

use std::path::PathBuf;

/// Why a keyring or a secret does not open. The sentences are meant to be shown to whoever runs Oriel; none holds a key
/// or a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no keyring, and secrets were sealed by one.
    #[error(
        "The keyring {} is missing, and the secrets in the database are sealed by it. Put it back, or point \
         `keyring_file` at where it is; a new one would not open them.", path.display()
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The keyring is not the one that sealed the secrets.
    #[error(
        "{} is not the keyring that sealed the secrets in the database (its fingerprint is {found}, theirs is \
         {expected}). Point `keyring_file` at the one that was there before.", path.display()
    )]
    Other {
        /// The file.
        path: PathBuf,
        /// The fingerprint that the database knows.
        expected: String,
        /// The fingerprint of the file.
        found: String,
    },
    /// A keyring was to be made where there is a file already. The file was not touched.
    #[error("There is a file at {} already, and it was not touched.", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is no keyring.
    #[error("{} is not a keyring: {reason}. Restore it from a backup.", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; nothing of its content.
        reason: String,
    },
    /// The file cannot be read or written.
    #[error("The keyring {} cannot be {doing}: {reason}.", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// "read", "written" or "locked".
        doing: &'static str,
        /// What the system said.
        reason: std::io::Error,
    },
    /// Somebody else is changing the keyring at this moment. Nothing was changed.
    #[error("Another program is changing the keyring {} at this moment. Try again when it has ended.", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// A secret was sealed by a key that is not on the keyring.
    #[error(
        "A secret was sealed by the key {id}, which is not on the keyring. Put that key back, or enter the secret again."
    )]
    UnknownKey {
        /// The key's id, as hex digits.
        id: String,
    },
    /// A sealed secret was changed, or stands in another place than the one it was sealed for.
    #[error("A stored secret does not open: it was changed, or moved from where it was saved. Enter it again.")]
    DoesNotOpen,
    /// The system gives no random bytes.
    #[error("The system gives no random bytes, so nothing can be sealed.")]
    NoRandomness,
}
