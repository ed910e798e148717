//! What keeps a backup from being made, opened or restored.

use std::path::PathBuf;

/// Why a backup was not made, opened or restored. The sentences are meant for whoever runs Oriel.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The keyring.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// A backup goes into a folder of its own.
    #[error("{} is there already and is not empty. Name another folder; nothing in it was touched.", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// A file or folder cannot be used.
    #[error("{} cannot be {doing}: {reason}.", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// "made", "written", "read" …
        doing: &'static str,
        /// What the system said.
        reason: std::io::Error,
    },
    /// There is no backup.
    #[error(
        "{} is no backup: it has no readable manifest.json ({reason}). A folder with “unfinished” in its name is one that \
         broke off; take another.", folder.display()
    )]
    NoBackup {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A later version of Oriel made it.
    #[error(
        "The backup was made by a newer Oriel ({what} {found}; this one knows {known}). Install that version or a later one."
    )]
    Newer {
        /// "form" or "schema".
        what: &'static str,
        /// That of the backup.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// It is not what was written once.
    #[error("The backup is not whole, and nothing was restored: {0}. Take another backup.")]
    Damaged(String),
    /// It is encrypted, and nothing was given to open it with.
    #[error("The backup is encrypted to {to}. Give {option}.")]
    Encrypted {
        /// "a passphrase" or "recipients".
        to: &'static str,
        /// The option that opens it.
        option: &'static str,
    },
    /// What was given does not open it.
    #[error("{0}")]
    DoesNotOpen(&'static str),
    /// A recipient or an identity that is none.
    #[error("{0}")]
    NotAKey(String),
    /// A passphrase that is too easily guessed.
    #[error("A passphrase has at least 12 characters; five or six random words are a good one. No backup was made.")]
    ShortPassphrase,
    /// The keyring is not in the backup and is not at hand.
    #[error(
        "The keyring is not in this backup, and there is none at {}. Put the keyring that was kept apart there (its \
         fingerprint is {fingerprint}), and restore again.", path.display()
    )]
    KeyringApart {
        /// Where it is looked for.
        path: PathBuf,
        /// The fingerprint of the key that sealed.
        fingerprint: String,
    },
    /// Another keyring is where that of the backup has to be.
    #[error(
        "The keyring at {} is another one than that of the backup (whose fingerprint is {fingerprint}). Move it away, if \
         nothing needs it, and restore again.", path.display()
    )]
    OtherKeyring {
        /// The file.
        path: PathBuf,
        /// The fingerprint of that of the backup.
        fingerprint: String,
    },
    /// Nothing that was sealed opens.
    #[error(
        "None of the {0} sealed values in the database opens with the keyring, so they would be lost after a restore."
    )]
    NothingOpens(usize),
    /// Keys are turned by somebody else at the same moment.
    #[error("The database knows another keyring than the one that was turned; nothing is lost. Run it again.")]
    TurnedMeanwhile,
    /// Something is sealed anew by others faster than it can be sealed here.
    #[error(
        "Values are still being sealed with an older key: an instance holds a keyring of its own. Restart it, and run it again."
    )]
    StillOld,
}

impl Error {
    /// For `map_err`: what was being done to which file.
    pub(crate) fn file(path: &std::path::Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_owned();
        move |reason| Error::File { path, doing, reason }
    }
}
