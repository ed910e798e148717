//! What can go wrong with the database, in the caller's terms.

use sqlx::error::{DatabaseError, ErrorKind};

/// Why the database did not do what was asked. The sentences are meant to be shown to whoever runs Oriel; none holds a
/// password or a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody of this name is there already; case does not make another name.
    #[error("The name “{name}” is taken. Choose another one.")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// Nobody would be left who manages connections and people.
    #[error("This is the last owner who can sign in, and stays one. Add another owner first.")]
    LastOwner,
    /// A connection would use its stored secret for another app, tenant or cloud than the one it belongs to.
    #[error("The stored secret belongs to another app, tenant or cloud. Give the secret again.")]
    SecretNeeded,
    /// Somebody who looks after some tenants would save a connection of another one.
    #[error(
        "This is none of the tenants that you look after. An owner who may see every tenant adds the first connection of another \
         one."
    )]
    OutsideScope,
    /// A connection holds the credential in use and one more.
    #[error("The connection holds two credentials already. Remove the one that is not in use first.")]
    TwoCredentials,
    /// What a new row refers to, a person for instance, is not there any more.
    #[error("What this belongs to is not there any more. It may have been removed meanwhile.")]
    Gone,
    /// Secrets in this database are sealed by another keyring.
    #[error(
        "The secrets in this database are sealed by another keyring. Point `keyring_file` at the keyring that was \
         there when they were saved."
    )]
    OtherKeyring,
    /// The URL cannot be used. The URL itself is not told: it may hold a password.
    #[error("The database URL cannot be used: {0}. It has the form sqlite:///FILE or postgres://USER@HOST/DATABASE.")]
    Url(String),
    /// There is nothing at the URL, or no way to it.
    #[error("The database {place} cannot be reached: {reason}.")]
    Unreachable {
        /// File, or host and name, without password.
        place: String,
        /// What the system or the engine said.
        reason: String,
    },
    /// The database does not let this user in.
    #[error("The database {place} refuses the sign-in: {reason}. Check user and password in the database URL.")]
    SignInRefused {
        /// Host and name, without password.
        place: String,
        /// What the engine said.
        reason: String,
    },
    /// The file is no SQLite database. It was not touched.
    #[error("{place} is not a SQLite database, and was not touched. Name another file in the database URL.")]
    NotADatabase {
        /// The file.
        place: String,
    },
    /// The database is that of another program. It was not touched.
    #[error(
        "The database {place} holds tables that are not Oriel's, and was not touched. Give Oriel a database of its own."
    )]
    NotOurs {
        /// File, or host and name, without password.
        place: String,
    },
    /// The schema was made by a later version of Oriel. It was not touched.
    #[error(
        "The database {place} was made by a newer Oriel (schema {found}; this one knows {known}), and was not touched. \
         Install that version or a later one."
    )]
    Newer {
        /// File, or host and name, without password.
        place: String,
        /// The newest migration in the database.
        found: i64,
        /// The newest migration that this program knows.
        known: i64,
    },
    /// A migration that was applied is not the one that this program has, or broke off half-way.
    #[error("The schema of the database is not one that Oriel made: {0}. Restore a backup.")]
    Altered(String),
    /// The database may not be written to.
    #[error(
        "The database is read-only. Oriel needs to write to it and, with SQLite, to the folder it is in. Nothing was changed."
    )]
    ReadOnly,
    /// There is no space left.
    #[error("There is no space left for the database. Make room on its disk; nothing that was stored is lost.")]
    Full,
    /// Somebody else holds the database.
    #[error(
        "The database is busy with something else. Try again; if it stays so, look for another program that uses it."
    )]
    Busy,
    /// What is stored cannot be read.
    #[error("The database is damaged: {0}. Restore a backup.")]
    Damaged(String),
    /// A copy of a database cannot be made or taken in.
    #[error("The copy of the database cannot be used: {0}.")]
    Copy(String),
    /// What a copy is written to or read from fails.
    #[error("{0}")]
    CopyFile(#[source] std::io::Error),
    /// A copy was to go into a database that is in use. It was not touched.
    #[error(
        "The database {place} is in use (people: {people}, connections: {connections}), and was not touched. Restore into an \
         empty database, or into a data folder that is not there yet."
    )]
    InUse {
        /// File, or host and name, without password.
        place: String,
        /// How many people it has.
        people: u64,
        /// How many connections it has.
        connections: u64,
    },
    /// An error of the engine that has no name here.
    #[error("The database failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        let error = Error::of(error);
        crate::failures::count(&error);
        error
    }
}

impl Error {
    fn of(error: sqlx::Error) -> Error {
        match &error {
            sqlx::Error::Database(database) => match named(database.as_ref()) {
                Some(named) => named,
                None => Error::Failed(Box::new(error)),
            },
            sqlx::Error::PoolTimedOut => Error::Busy,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Error::Damaged(error.to_string()),
            sqlx::Error::Migrate(migrate) => match migrate.as_ref() {
                sqlx::migrate::MigrateError::Execute(inner)
                | sqlx::migrate::MigrateError::ExecuteMigration(inner, _) => match inner {
                    sqlx::Error::Database(database) => {
                        named(database.as_ref()).unwrap_or_else(|| Error::Failed(Box::new(error)))
                    }
                    _ => Error::Failed(Box::new(error)),
                },
                sqlx::migrate::MigrateError::VersionMismatch(version) => {
                    Error::Altered(format!("migration {version} is another one than this program has"))
                }
                sqlx::migrate::MigrateError::VersionMissing(version) => {
                    Error::Altered(format!("this program does not know migration {version}"))
                }
                sqlx::migrate::MigrateError::Dirty(version) => {
                    Error::Altered(format!("migration {version} broke off half-way"))
                }
                _ => Error::Failed(Box::new(error)),
            },
            _ => Error::Failed(Box::new(error)),
        }
    }
}

/// The engines' own codes for what has a name here.
fn named(error: &dyn DatabaseError) -> Option<Error> {
    if error.kind() == ErrorKind::ForeignKeyViolation {
        return Some(Error::Gone);
    }
    let code = error.code()?;
    match code.parse::<u32>() {
        // SQLite: the lower byte is the kind, the rest says more. Its codes have at most four digits.
        Ok(number) if code.len() < 5 => match number & 0xff {
            5 | 6 => Some(Error::Busy),
            8 => Some(Error::ReadOnly),
            11 => Some(Error::Damaged(error.message().to_owned())),
            13 => Some(Error::Full),
            _ => None,
        },
        // PostgreSQL: five characters.
        _ => match code.as_ref() {
            "25006" => Some(Error::ReadOnly),
            "53100" => Some(Error::Full),
            "53300" | "55P03" | "57P03" | "40001" | "40P01" => Some(Error::Busy),
            "XX001" | "XX002" => Some(Error::Damaged(error.message().to_owned())),
            _ => None,
        },
    }
}
